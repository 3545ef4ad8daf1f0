"""Judges what is written where it is used, as a function of that name would be judged."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from helder.glass.check import name_words
from helder.glass.check.causes import CANNOT_TELL, WRONG
from helder.glass.check.deadline import Deadline
from helder.glass.check.elementary import activations, losses, softmax
from helder.glass.check.elementary.calling import Called, Instances
from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.elementary.finding import Guess
from helder.glass.check.elementary.formulas import Formula
from helder.glass.check.elementary.inline import (
    Known,
    Piece,
    Place,
    elementwise,
    names_labels,
    of_losses,
    places,
    says_loss,
    whole,
)
from helder.glass.check.elementary.judgement import Judgement
from helder.glass.check.elementary.loss_calls import negated, parts_of, role
from helder.glass.check.elementary.slices import counted, has_logarithm, has_product
from helder.glass.check.findings import FunctionCheck
from helder.glass.check.name_words import Meaning
from helder.glass.check.session import Session

MOST = 60  # pieces that are called
ACTIVATIONS = {
    "sigmoid", "tanh", "relu", "leaky relu", "elu", "selu", "softplus", "silu", "mish", "gelu",
    "softsign",
}  # fmt: skip
# Names that mean labels or probabilities and nothing else, and what is no loss.
LABELS = re.compile(r"^(y|Y|t|T|[yY]_?(true|train|batch|one_?hot|oh|enc)\w*|labels?|targets?)$")
PROBABILITIES = re.compile(
    r"^(y_?(pred|hat)\w*|[pP]|probs?|probabilities|predictions?|preds?|outputs?|AL|[aA]_?\d|[aA])$"
)
ENTROPY = re.compile(r"(?i)^entrop\w*$")
COURSE_LOSS = "J"  # a well-known course calls it so; elsewhere it may be a Jacobian
SIZES = {"square", "power", "pow", "abs", "absolute", "fabs"}
# What stands before an activation, by its usual names.
BEFORE = re.compile(
    r"(?i)^(z|s|u|o|net|sums?|som|soma|total|pre|lin|logit|scores?|eta|out|in|a|x$|v)"
)


@dataclass
class Judge:
    """Judges the pieces of a file, each once.

    Attributes:
        session: Where the file is loaded.
        code: Of the whole file.
        deadline: When no further piece is judged.
        left: How many pieces may still be called.
        seen: Those that were, by their text and as what they were judged.
    """

    session: Session
    code: FileCode
    deadline: Deadline
    left: int = MOST
    seen: set[tuple[str, str]] = field(default_factory=set)

    def check(self, place: Place, known: Known) -> Iterator[FunctionCheck]:
        """What is found of one statement."""
        loss = self._loss(place, known)
        yield from self.within(place, known) if loss is None else loss

    def within(self, place: Place, known: Known) -> Iterator[FunctionCheck]:
        """What is found of one statement that is no loss."""
        yield from self._softmax(place, known)
        yield from self._activations(place, known)

    def called(self, piece: Piece, meaning: Meaning) -> Called | None:
        """A piece, ready to be called; None where it was called before, or cannot be."""
        key = (meaning.kind, ast.unparse(piece.slice.function("piece")))
        if self.left <= 0 or self.deadline.over or key in self.seen:
            return None
        self.seen.add(key)
        self.left -= 1
        name = piece.defined(self.session, f"__piece_{self.left}__")
        guess = Guess(piece.definition, meaning, said=piece.text, known_as=name)
        return Called(Instances(self.session, {}), guess)

    # Losses

    def _loss(self, place: Place, known: Known) -> list[FunctionCheck] | None:
        """What a statement that computes a loss is found to be; None where it computes none."""
        found: list[FunctionCheck] | None = None
        for piece in of_losses(place, self.code.numbers, known):
            ordered = with_roles(piece, self.code)
            if ordered is None or is_on_the_way(piece):
                continue
            kind = meant(piece)
            called = None if kind is None else self.called(ordered, Meaning(kind, False, True))
            judged = None if called is None else losses.judge(called, self.code)
            if judged is None or called is None or is_nothing(judged):
                continue
            if not ("loss-sign" in judged.causes and is_negated_later(piece, self.code)):
                found = [*(found or []), finding(piece, called, judged)]
        return found

    # Softmax

    def _softmax(self, place: Place, known: Known) -> Iterator[FunctionCheck]:
        for piece in whole(place, self.code.numbers):
            if len(piece.slice.parameters) != 1 or not {"exp", "sum"} <= piece.slice.calls:
                continue
            log = any(name.startswith("log") for name in piece.slice.calls)
            for kind in ("log-softmax", "softmax") if log else ("softmax",):
                sure = is_of_logits(piece) and kind.startswith("log") == is_logarithm(piece.node)
                called = self.called(piece, Meaning(kind, False, sure))
                judged = None if called is None else softmax.judge(called, self.code)
                if judged is None or called is None or is_nothing(judged):
                    continue
                known.note(place, judged.kind)
                yield finding(piece, called, judged)
                break

    # Activations

    def _activations(self, place: Place, known: Known) -> Iterator[FunctionCheck]:
        for pieces in elementwise(place, self.code.numbers, known):
            yield from self._activation(pieces, known)

    def _activation(self, pieces: Sequence[Piece], known: Known) -> Iterator[FunctionCheck]:
        """The first of some pieces, one within the other, that is right; else the slip of all."""
        slipped: FunctionCheck | None = None
        for piece in pieces:
            judged = self._of_one(piece)
            if judged is None:
                continue
            check, formula = judged
            if formula is not None:
                if piece.target:
                    known.note(piece.place, formula.kind)
                yield check
                return
            if piece is pieces[0] and is_of_logits(piece) and piece.target:
                slipped = check
        if slipped is not None:
            yield slipped

    def _of_one(self, piece: Piece) -> tuple[FunctionCheck, Formula | None] | None:
        called = self.called(piece, Meaning("activation", False, True))
        if called is None:
            return None
        judged, formula = activations.judge(called, self.code)
        if judged is None or (formula and not believable(piece, formula)):
            return None
        return finding(piece, called, judged), formula


def written_out(
    session: Session, code: FileCode, checks: Sequence[FunctionCheck], deadline: Deadline
) -> list[FunctionCheck]:
    """Findings of activations, softmaxes and losses outside of functions that were judged.

    Args:
        session: Where the file is loaded.
        code: Of the whole file.
        checks: What was found of its functions by their names.
        deadline: When no further piece is judged.
    """
    told, right = {check.name for check in checks}, right_losses(checks)
    judge = Judge(session, code, deadline)
    found: list[FunctionCheck] = []
    known: dict[ast.AST, Known] = {}
    for place in places(code, told - right):
        of_function = known.setdefault(place.function, Known())
        if place.owner in right:  # it may give more than its loss
            found += [one for one in judge.within(place, of_function) if one.verdict == WRONG]
        else:
            found += judge.check(place, of_function)
    return each_once(found)


def right_losses(checks: Sequence[FunctionCheck]) -> set[str]:
    """The functions of which nothing was found but a loss without a mistake."""
    others = {c.name for c in checks if c.kind not in name_words.LOSSES or c.verdict == WRONG}
    return {check.name for check in checks} - others


def each_once(found: Sequence[FunctionCheck]) -> list[FunctionCheck]:
    """Without what is said twice of one function: there the first place is enough."""
    kept: dict[tuple[object, ...], FunctionCheck] = {}
    for check in found:
        key = (check.name, check.kind, check.causes, check.line if check.verdict == WRONG else 0)
        kept.setdefault(key, check)
    return list(kept.values())


def finding(piece: Piece, called: Called, judged: Judgement) -> FunctionCheck:
    """A finding under the name of the function that the piece stands in; else that of its value."""
    return replace(judged.of(called.guess), name=piece.place.owner or piece.target or piece.text)


def is_negated_later(piece: Piece, code: FileCode) -> bool:
    """What a function returns, and whoever calls it takes a minus before."""
    returned = isinstance(piece.place.statement, ast.Return)
    return returned and negated(code, piece.place.owner.rpartition(".")[2])


def believable(piece: Piece, formula: Formula) -> bool:
    """An activation, not a bound: what lies below 0 is cut off of many a number."""
    cuts = formula.kind in ("relu", "leaky relu")
    return formula.kind in ACTIVATIONS and not is_guard(piece) and (not cuts or is_of_logits(piece))


def is_nothing(judged: Judgement) -> bool:
    return judged.verdict == CANNOT_TELL and not judged.causes


def is_of_logits(piece: Piece) -> bool:
    """What it is computed of is a product of weights, or is called as what comes before is."""
    nodes = [ast.parse(text, mode="eval").body for text in piece.slice.parameters.values()]
    return all(has_product(node) or BEFORE.match(last_name(node)) for node in nodes)


def is_logarithm(node: ast.expr) -> bool:
    """`z - np.log(...)`, `np.log(e / e.sum())`: the logarithm is the last that is done."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return True
    return isinstance(node, ast.Call) and last_name(node.func).startswith("log")


def is_guard(piece: Piece) -> bool:
    """A bound against a logarithm of 0 or a division by it: `np.maximum(p, 1e-12)`."""
    return any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, float)
        and 0 < abs(node.value) < 1e-4
        for node in ast.walk(piece.node)
    )


def meant(piece: Piece) -> str | None:
    """The kind of loss that a piece may be, by what it is called and what stands in it."""
    if says_loss(piece.target) and (sizes(piece) or "err" not in piece.target.lower()):
        meaning = name_words.meaning(piece.target)
        return meaning.kind if meaning else None
    if any(name.startswith("log") for name in piece.slice.calls):
        return "cross-entropy"
    return None


def sizes(piece: Piece) -> bool:
    """A square, an absolute value or a logarithm: without, an error is a plain difference."""
    nodes = [node for line in piece.slice.body for node in ast.walk(line)]
    squared = any(
        isinstance(n, ast.BinOp)
        and (isinstance(n.op, ast.Pow) or ast.dump(n.left) == ast.dump(n.right))
        for n in nodes
    )
    names = piece.slice.calls
    return squared or bool(names & SIZES) or any(name.startswith("log") for name in names)


def with_roles(piece: Piece, code: FileCode) -> Piece | None:
    """The piece with probabilities and labels first; None where names do not tell them apart."""
    names = dict(piece.slice.parameters)
    names.update(missing_one(piece, code))
    roles = {name: role(name) for name in names}
    first = [name for name in names if roles[name] in ("p", "y")]
    rest = [name for name in names if name not in first]
    if sorted(parts_of(roles[name] for name in first)) != ["p", "y"]:
        return None
    ordered = {name: names[name] for name in [*first, *rest]}
    return replace(piece, slice=replace(piece.slice, parameters=ordered))


def missing_one(piece: Piece, code: FileCode) -> dict[str, str]:
    """The labels, or the probabilities, that the function has and that its loss does not look at.

    They are added where nothing that the loss looks at was made from them.
    """
    names = piece.slice.parameters
    given = parts_of(role(name) for name in names)
    logarithm = any(name.startswith("log") for name in piece.slice.calls)
    if (
        len(given) != 1
        or not ((says_loss(piece.target) or piece.target == COURSE_LOSS) and logarithm)
        or ENTROPY.match(piece.target)
    ):
        return {}
    set_to = [value for text in names.values() for value in set_before(piece.place, text)]
    around = {last_name(n) for n in ast.walk(piece.place.function) if is_variable(n)}
    around |= {n.arg for n in ast.walk(piece.place.function) if isinstance(n, ast.arg)}
    around |= labels_kept(piece, code)
    labels, others = (sorted(filter(p.match, around)) for p in (LABELS, PROBABILITIES))
    if given == ["p"]:
        chosen = chosen_by_labels(piece.place)
        made = any(names_labels(of) or names_in(of) & chosen for of in read_of(piece))
        return {labels[0]: labels[0]} if labels and not made else {}
    (label,) = (name for name in names if role(name) == "y")
    made = any(role(last_name(n)) == "p" for v in set_to for n in ast.walk(v) if is_variable(n))
    return {others[0]: others[0]} if others and LABELS.match(label) and not made else {}


def labels_kept(piece: Piece, code: FileCode) -> set[str]:
    """Labels that an object keeps and a loss in one of its methods may take: of `p * log(p)` alone.

    A logarithm alone may be of probabilities that another method chose by the labels.
    """
    owner = piece.place.owner.rpartition(".")[0]
    weights = [
        node.left.operand if isinstance(node.left, ast.UnaryOp) else node.left
        for node in ast.walk(piece.node)
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Mult)
        and has_logarithm(node.right)
    ]
    if not owner or not any(is_variable(w) and role(last_name(w)) == "p" for w in weights):
        return set()
    methods = [d.node for d in code.definitions if d.path.rpartition(".")[0] == owner]
    nodes = [node for method in methods for node in ast.walk(method)]
    return {n.attr for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}


def read_of(piece: Piece) -> list[ast.expr]:
    """What the piece looks at, but for counts of rows: `P`, `P[Y == 1]`."""
    nodes = (ast.parse(text, mode="eval").body for text in piece.slice.parameters.values())
    return [node for node in nodes if counted(node) is None]


def chosen_by_labels(place: Place) -> set[str]:
    """The variables that labels had a part in, in the order of the statements before a piece.

    `mask = Y == 1`, `p = P[mask]`, `P[Y == 0] = 1 - P[Y == 0]`: whatever looks at one of these has
    looked at the labels.
    """
    chosen: set[str] = set()
    for statement in place.before:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Assign | ast.AugAssign):
                continue
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            reads = [node.value, *(t.slice for t in targets if isinstance(t, ast.Subscript))]
            by_labels = any(names_labels(of) or names_in(of) & chosen for of in reads)
            written = set().union(*map(names_in, targets))
            whole = isinstance(node, ast.Assign) and all(map(is_variable, targets))
            if by_labels:
                chosen |= written
            elif whole:
                chosen -= written
    return chosen


def names_in(node: ast.AST) -> set[str]:
    """The last names of the variables in it."""
    return {last_name(part) for part in ast.walk(node) if is_variable(part)}


def is_variable(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def set_before(place: Place, text: str) -> Iterator[ast.expr]:
    """What a variable is set to before a statement."""
    for statement in place.before:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(ast.unparse(target) == text for target in targets):
                    yield node.value


def is_on_the_way(piece: Piece) -> bool:
    """A later statement of the function computes with it: that is the whole loss."""
    function, line = piece.place.function, piece.node.lineno
    if not piece.target:
        return False
    for node in ast.walk(function):
        later = isinstance(node, ast.Assign | ast.AugAssign | ast.Return) and node.lineno > line
        value = getattr(node, "value", None) if later else None
        if value is None or isinstance(value, ast.Name):
            continue
        for part in ast.walk(value):
            if isinstance(part, ast.BinOp | ast.UnaryOp) and uses(part, piece.target):
                return True
    return False


def uses(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))
