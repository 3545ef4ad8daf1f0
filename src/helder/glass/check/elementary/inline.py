"""Activations, softmax and losses that are written where they are used, found as pieces of code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from helder.glass.check import name_words
from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.elementary.loss_calls import role
from helder.glass.check.elementary.slices import Slice, Slicer, has_logarithm, wished
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.session import Session

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BLOCKS = ("body", "orelse", "finalbody")
LONGEST = 60  # letters of an expression that a sentence shows


@dataclass(frozen=True)
class Place:
    """A statement with a value, and what a run meets before it in the same function.

    Attributes:
        owner: The path of the function that it stands in; empty at the top level.
        file: Its file.
        function: The tree of that function, or of the top level.
        statement: The statement.
        before: The statements before it.
    """

    owner: str
    file: str
    function: ast.AST
    statement: ast.stmt
    before: tuple[ast.stmt, ...]

    @property
    def targets(self) -> list[ast.expr]:
        """What the value goes to: names, attributes, or the list that it is appended to."""
        node = self.statement
        if isinstance(node, ast.Assign):
            return node.targets
        if isinstance(node, ast.AugAssign | ast.AnnAssign):
            return [node.target]
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            return [call.func.value]
        return []

    @property
    def values(self) -> list[tuple[str, ast.expr]]:
        """What is computed, each with the last name of what it goes to."""
        node = self.statement
        if isinstance(node, ast.Expr):
            call = node.value
            added = isinstance(call, ast.Call) and last_name(call.func) in ("append", "insert")
            # `added` has seen to it that it is a call
            values = call.args[-1:] if added else []  # type: ignore[attr-defined]
            return [(last_name(self.targets[0]), value) for value in values if self.targets]
        value = getattr(node, "value", None)
        if not isinstance(value, ast.expr):
            return []
        if isinstance(node, ast.Return):
            parts = value.elts if isinstance(value, ast.Tuple) else [value]
            name = self.owner.rpartition(".")[2]
            one = len(parts) == 1
            return [(name if one or has_logarithm(part) else "", part) for part in parts]
        target = self.targets[0] if self.targets else None
        if isinstance(node, ast.AugAssign) and not isinstance(node.op, ast.Add):
            before = ast.parse(ast.unparse(node.target), mode="eval").body
            value = ast.copy_location(ast.BinOp(before, node.op, value), value)
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            names = [last_name(part) for part in target.elts]
            return list(zip(names, value.elts, strict=False))
        return [("" if target is None else last_name(target), value)]


def places(code: FileCode, besides: Collection[str]) -> Iterator[Place]:
    """Every statement with a value, but those of some functions, in the order of the file."""
    # `relu = lambda z: ...` is a statement and a function, which is judged as one of them alone
    judged = {definition.node for definition in code.definitions if definition.path in besides}
    for place in _all_places(code, besides):
        if getattr(place.statement, "value", None) not in judged:
            yield place


def _all_places(code: FileCode, besides: Collection[str]) -> Iterator[Place]:
    for definition in code.definitions:
        if isinstance(definition.node, FUNCTIONS) and definition.path not in besides:
            yield from _of_function(definition.path, definition.file, definition.node)
    defines = (*FUNCTIONS, ast.ClassDef)
    top = [node for node in code.top.body if not isinstance(node, defines)]
    yield from _of_block("", code.file, code.top, top, ())
    for node in top:
        yield from _inner("", code.file, node)


def _of_function(
    path: str, file: str, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> Iterator[Place]:
    yield from _of_block(path, file, function, function.body, ())
    yield from _inner(path, file, function)


def _inner(path: str, file: str, outer: ast.AST) -> Iterator[Place]:
    """What stands in functions within."""
    for node in ast.walk(outer):
        if isinstance(node, FUNCTIONS) and node is not outer:
            name = f"{path}.{node.name}".lstrip(".")
            yield from _of_block(name, file, node, node.body, ())


def _of_block(
    path: str, file: str, function: ast.AST, body: Sequence[ast.stmt], before: tuple[ast.stmt, ...]
) -> Iterator[Place]:
    for node in body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            continue
        blocks = [getattr(node, name) for name in BLOCKS if getattr(node, name, None)]
        blocks += [handler.body for handler in getattr(node, "handlers", ())]
        for block in blocks:
            yield from _of_block(path, file, function, block, before)
        if not blocks:
            yield Place(path, file, function, node, before)
        before = (*before, node)


@dataclass(frozen=True)
class Piece:
    """An expression that stands alone, and where it stands.

    Attributes:
        place: Its statement.
        node: The expression.
        target: The last name of what it goes to.
        slice: It as a function.
    """

    place: Place
    node: ast.expr
    target: str
    slice: Slice

    @property
    def text(self) -> str:
        """What a sentence calls it."""
        text = ast.unparse(self.node)
        return text if len(text) <= LONGEST or not self.target else self.target

    @property
    def definition(self) -> Definition:
        """It as a definition, called after its place."""
        line = self.node.lineno
        parameters = tuple(Parameter(name) for name in self.slice.parameters)
        path = ", ".join(part for part in (self.place.owner, f"line {line}") if part)
        node = ast.copy_location(self.slice.function("piece"), self.node)
        return Definition(path, "function", self.place.file, line, parameters, (), node)

    @property
    def module(self) -> str:
        """The module beside the file that it stands in; empty for the file."""
        return self.place.owner.rpartition(":")[0]

    def defined(self, session: Session, name: str) -> str:
        """Adds it to what the session holds: how it is called there."""
        session.define(self.module, ast.unparse(self.slice.function(name)))
        return f"{self.module}:{name}" if self.module else name


# Which expressions are looked at.


def whole(place: Place, shared: frozenset[str]) -> Iterator[Piece]:
    """Values as they stand, followed back to where probabilities or logits come from."""
    for target, node in place.values:
        found = Slicer(place.before, shared=shared).of(node)
        if found is not None and found.parameters:
            yield Piece(place, node, target, found)


def of_losses(place: Place, shared: frozenset[str], known: Known) -> Iterator[Piece]:
    """Values that may be losses, followed back to probabilities and labels by their names."""

    def called(node: ast.expr) -> str:
        is_variable = isinstance(node, ast.Name | ast.Attribute)
        return "p" if is_variable and known.is_softmax(last_name(node)) else wished(node)

    def stops(text: str, value: ast.expr) -> bool:
        return known.is_softmax(last_of(text)) or is_given(text, value)

    for target, node in place.values:
        for term in terms(node):
            found = Slicer(place.before, stops, shared, called).of(term)
            if found is not None and found.parameters:
                yield Piece(place, term, target, found)


def is_given(text: str, value: ast.expr) -> bool:
    """Labels, and probabilities that are made of nothing like them: by no bound, no logarithm."""
    name = last_of(text)
    bounds = isinstance(value, ast.Call) and last_name(value.func) in ("clip", "maximum", "minimum")
    made = bounds or has_logarithm(value) or text in variables(value) or names_labels(value)
    return role(name) == "y" or (role(name) == "p" and not made)


def last_of(text: str) -> str:
    """The last name of a variable that is given as text."""
    return last_name(ast.parse(text, mode="eval").body)


def names_labels(node: ast.AST) -> bool:
    """Labels stand in it: `P[range(m), y]`."""
    nodes = (n for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute))
    turned = ("T", "transpose")  # of anything
    return any(
        role(last_name(n)) == "y"
        for n in nodes
        if not (isinstance(n, ast.Attribute) and n.attr in turned)
    )


def terms(node: ast.expr) -> list[ast.expr]:
    """The parts of a sum outside of any logarithm, where it is one with a penalty; else itself."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [*terms(node.left), *terms(node.right)]
        kept = [part for part in parts if not is_penalty(part)]
        if len(kept) == 1:
            return kept
    return [node]


def is_penalty(node: ast.expr) -> bool:
    """Squares of weights, or a name that says so: no label and no logarithm stands in it."""
    names = {last_name(n) for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute)}
    if names_labels(node) or has_logarithm(node):
        return False
    return any(role(name) in (0.0, "weights") or "reg" in name.lower() for name in names)


def elementwise(place: Place, shared: frozenset[str], known: Known) -> Iterator[list[Piece]]:
    """Parts of values that depend on one variable, each with the parts within, largest first."""

    def read(node: ast.expr) -> Slice | None:
        return Slicer(place.before, known.stops, shared).of(node)

    for target, node in place.values:
        yield from _single(read, place, target, node)


Read = Callable[[ast.expr], Slice | None]


def _single(read: Read, place: Place, target: str, node: ast.expr) -> Iterator[list[Piece]]:
    for part in grouped(node):
        found = read(part)
        if found is not None and len(found.parameters) == 1:
            if is_telling(found):
                inner = [
                    piece
                    for child in ast.iter_child_nodes(part)
                    if isinstance(child, ast.expr)
                    for pieces in _single(read, place, "", child)
                    for piece in pieces
                ]
                yield [Piece(place, part, target if part is node else "", found), *inner]
            continue
        for child in children(part):
            yield from _single(read, place, "", child)


def children(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that stand in a node."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.keyword | ast.comprehension):
            yield from children(child)


def grouped(node: ast.expr) -> list[ast.expr]:
    """The factors of a product, those of the same variables together; else the expression."""
    parts = factors(node)
    if len(parts) < 2:
        return [node]
    groups: dict[str, list[ast.expr]] = {}
    for part in parts:
        groups.setdefault(",".join(sorted(variables(part))), []).append(part)
    numbers = groups.pop("", [])
    if len(groups) < 2:
        return [node]
    first = next(iter(groups.values()))
    first[:0] = numbers
    return [product(group) for group in groups.values()]


def factors(node: ast.expr) -> list[ast.expr]:
    """`a * b * c` as its three parts; a divisor stays with what it divides."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*factors(node.left), *factors(node.right)]
    return [node]


def product(parts: Sequence[ast.expr]) -> ast.expr:
    result = parts[0]
    for part in parts[1:]:
        result = ast.copy_location(ast.BinOp(result, ast.Mult(), part), result)
    return result


def variables(node: ast.expr) -> set[str]:
    """The texts of the outermost names, attributes and places in an expression."""
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return {ast.unparse(node)}
    parts = [*children(node)]
    if isinstance(node, ast.Call):
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        is_value = owner is not None and last_name(owner) not in ("np", "numpy", "math")
        parts = [*node.args, *([owner] if owner is not None and is_value else [])]
    return {text for part in parts for text in variables(part)}


TELLING = {
    *("exp", "tanh", "maximum", "minimum", "where", "clip", "logaddexp", "log1p", "expm1", "max"),
    *("min", "cosh", "sinh", "heaviside", "fmax", "fmin", "abs", "power", "square"),
}


def is_telling(found: Slice) -> bool:
    """It does more than scale and shift: one of the usual functions, a comparison, a square."""
    nodes = [node for line in found.body for node in ast.walk(line)]
    product_of_variables = any(
        isinstance(n, ast.BinOp)
        and isinstance(n.op, ast.Mult | ast.Div | ast.Pow)
        and not isinstance(n.left, ast.Constant)
        for n in nodes
    )
    return bool(
        found.calls & TELLING
        or product_of_variables
        or any(isinstance(node, ast.Compare) for node in nodes)
    )


@dataclass
class Known:
    """Which names hold what an activation gave: for each the kinds, by the name's last part."""

    kinds: dict[str, set[str]] = field(default_factory=dict)

    def stops(self, text: str, value: ast.expr) -> bool:
        """A variable that holds an activation is not followed back."""
        return last_of(text) in self.kinds

    def is_softmax(self, name: str) -> bool:
        """It holds what a softmax gave, and nothing else."""
        return self.kinds.get(name) == {"softmax"}

    def note(self, place: Place, kind: str) -> None:
        """The target of a statement holds what an activation of this kind gave."""
        for target in place.targets:
            if last_name(target):
                self.kinds.setdefault(last_name(target), set()).add(kind)


def says_loss(target: str) -> bool:
    """A name under which a loss is kept."""
    meant = name_words.meaning(target) if target else None
    return meant is not None and not meant.slope and meant.kind in (*name_words.LOSSES, "loss")
