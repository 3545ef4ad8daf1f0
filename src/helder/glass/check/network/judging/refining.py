"""What a step alone cannot tell apart, told by what stands in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from helder.glass.check import name_words
from helder.glass.check.network.binding.trials import SMALL_RATE, Plan
from helder.glass.check.network.judging.middle import is_off
from helder.glass.check.network.judging.verdicts import Judged
from helder.glass.check.network.reference.matching import usual
from helder.glass.check.network.roles import role
from helder.glass.check.reading.definitions import Definition, last_name

SUM_OF_ALL = "one number for all units: dz summed over the units too, and p - y adds up to 0 there"
NO_AXIS = re.compile(r"\b(sum|mean)\((?!-?[01]\))(?![^()]*axis)[^(),]*\)")
SQUARES = re.compile(  # of `a - y`, of `y - net.forward(X)`
    r"\([\w.\[\]-]+ - [\w.\[\]-]+(\([\w., ]*\))?\) \*\* 2|norm\("
    r"|(square|power)\([\w.]+ - [\w.]+(\([\w., ]*\))?[,)]"
)
OVER_ROWS = re.compile(
    r"axis=|len\([xXyY]\w*\)|\b[xXyY]\w*\.(shape\[[01]\]|size)|sum\([^()]+, [01]\)"
)
MEAN = re.compile(r"^(?!.*(loss|cost|mse|append|print)).*mean\(", re.IGNORECASE | re.MULTILINE)
TWICE = "softmax-derivative-twice"
LIMITED = re.compile(r"\bnorm\b|clip_?(by_?)?(norm|grad)|grad\w*_?clip|max_?norm", re.IGNORECASE)
OF_LOGARITHMS = re.compile(r"log|softplus|entropy", re.IGNORECASE)
# Functions that take a logarithm: NumPy's, and the losses of libraries.
LOGARITHM = re.compile(
    r"^(np|numpy|math|sp|scipy|special)?_?(log(1p|2|10)?|logaddexp|log_?sum_?exp|log_?softmax"
    r"|log_?sigmoid|xlogy|softplus|log_?loss|\w*entropy\w*|nll\w*)$",
    re.IGNORECASE,
)


def refined(judged: Judged, definitions: Sequence[Definition]) -> str | None:
    """The cause, where the numbers fit more than one."""
    cause = judged.cause
    names = re.findall(r"[Wb]\d+", judged.saw)
    if cause == "gradient-zero" and judged.stepped and never_stored(judged, names, definitions):
        return "parameter-not-updated"
    if is_rounding(judged):
        return "bias-gradient-scalar"
    if cause == "gradient-scale" and is_divided_again(judged):
        return "gradient-divided-twice"
    if cause != "parameter-not-updated" or judged.of_update:
        return cause
    code = code_of(judged.plan, definitions)
    softmax = judged.recognition.going.shape.output is None
    last = f"b{judged.observed.known.layers}"
    if names == [last] and softmax and NO_AXIS.search(code) and may_be_updated(judged, code):
        return "bias-gradient-scalar"  # p - y sums to zero over the classes
    if not judged.stepped:
        return "gradient-zero"
    updated = names and all(is_updated(judged, name, code) for name in names)
    return "gradient-zero" if updated else cause


def is_divided_again(judged: Judged) -> bool:
    """Whether some gradients are as much too small as there are rows; of one row, as outputs.

    The others must be means already, or most of all: beside sums, a mean is too small as well.
    """
    rows, outputs = judged.observed.known.y.shape
    count = rows if rows > 1 else outputs
    known = [f for f in judged.recognition.factors.known if f]
    off = [f for f in known if is_off(f, usual(known))]
    if count == 1 or {round(f * count / usual(known), 3) for f in off} != {1.0}:
        return False
    mean = abs(usual(known)) * count / (SMALL_RATE if judged.stepped else 1.0)
    return 2 * len(off) < len(known) or any(abs(mean / part - 1) < 1e-2 for part in (0.5, 1, 2))


def never_stored(judged: Judged, names: Sequence[str], definitions: Sequence[Definition]) -> bool:
    """Whether no line of the step gives these parameters a value: they have names of their own."""
    slots = judged.bound.slots
    steps = [*judged.plan.steps, *called_by(judged.plan.steps, definitions)]
    nodes = [node for step in steps for node in ast.walk(step.node)]
    if any(isinstance(node, ast.Name) and node.id in ("setattr", "vars") for node in nodes):
        return False
    stored = {
        ast.unparse(node).rpartition(".")[2]
        for node in nodes
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    items = [
        n.slice for n in nodes if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)
    ]
    items += [key for n in nodes if isinstance(n, ast.Dict) for key in n.keys if key is not None]
    keys = {key.value for key in items if isinstance(key, ast.Constant)}
    found = [
        (slots.weights if name[0] == "W" else slots.biases)[int(name[1:]) - 1]
        for name in (names if slots.weights else ())
    ]
    paths = [as_written(slot.path.rpartition(".")[2]) for slot in found if slot is not None]
    keyed = [re.fullmatch(r"\w+\['(\w+)'\]", path) for path in paths]
    if paths and all(keyed) and all(isinstance(key, ast.Constant) for key in items):
        return not keys & {key[1] for key in keyed if key}
    return bool(paths) and all(path.isidentifier() and path not in stored for path in paths)


def as_written(name: str) -> str:
    """`__weights` for what Python calls `_Layer__weights`."""
    return re.sub(r"^_[A-Za-z]\w*?(?=__\w)", "", name)


def taken_for_squares(judged: Judged, trees: Sequence[ast.AST]) -> tuple[str, ...]:
    """The cause where two classes make a slope too many look like the gradient of squared errors.

    With two outputs (p - y) p (1 - p) is half of that gradient; the file speaks of logarithms.
    """
    recognition = judged.recognition
    of_two = recognition.going.shape.output is None and judged.observed.known.y.shape[1] == 2
    if not of_two or not recognition.right or recognition.loss.name != "squared error":
        return ()
    text = "\n".join(ast.unparse(tree) for tree in trees)
    return () if SQUARES.search(text) or not OF_LOGARITHMS.search(text) else (TWICE,)


def is_rounding(judged: Judged) -> bool:
    """Whether the gradient of a softmax's bias is one number that is 0 but for rounding."""
    last, b = f"b{judged.observed.known.layers}", judged.observed.biases[-1]
    softmax = judged.recognition.going.shape.output is None
    if not softmax or judged.stepped or re.findall(r"[Wb]\d+", judged.saw) != [last]:
        return False
    return judged.cause == "gradient-zero" and b is not None and bool(np.any(b)) and np.ptp(b) == 0


def in_words_of(cause: str, judged: Judged) -> Judged:
    """The same, what was seen told as the mistake that the code shows."""
    mistake = judged.recognition.mistake
    if cause != "bias-gradient-scalar" or mistake is None or mistake.cause == cause:
        return judged
    told = replace(mistake, cause=cause, saw=f"{SUM_OF_ALL}: {mistake.saw}")
    return replace(judged, recognition=replace(judged.recognition, mistake=told))


def is_updated(judged: Judged, name: str, code: str) -> bool:
    """Whether the code has an update for a parameter."""
    slots, layer = judged.bound.slots, int(name[1:]) - 1
    if not slots.weights:
        return False
    weight = slots.weights[layer]
    of_weight = name[0] == "W" or weight.bias_row is not None  # its bias is a row of it
    slot = weight if of_weight else slots.biases[layer]
    if slot is None:
        return False
    last = re.findall(r"[A-Za-z_]\w*", slot.path)[-1]
    if not slot.path.endswith(("]", last)) or re.search(r"\[\d+\]$", slot.path):
        return of_a_list(judged, name) and "zeros" in code
    return re.search(changed(last), code) is not None


def changed(name: str) -> str:
    """The pattern of a line that updates a parameter of this name."""
    target = rf"\b{re.escape(name)}\b[\]'\"]*"
    return rf"{target} *(-=|\+=|[=:] *[^\n]*{re.escape(name)}[^\n]*[-+])"


def may_be_updated(judged: Judged, code: str) -> bool:
    """Whether the code may change the last bias: by its name, or as one of many."""
    slot = judged.bound.slots.biases[-1] if judged.bound.slots.biases else None
    if slot is None or (slot.path.endswith("]") and slot.path[-2].isdigit()):
        return True
    last = re.findall(r"[A-Za-z_]\w*", slot.path)[-1]
    as_one_of_many = r"\[(\w+|f?['\"].*(\+|\{).*)\] *[-+]?=[^=]|setattr"
    return re.search(f"{changed(last)}|{as_one_of_many}", code) is not None


def of_a_list(judged: Judged, name: str) -> bool:
    """Whether of the layers in a list only one kind stays: a loop that is too short leaves both."""
    found = set(re.findall(r"[Wb]\d+", judged.saw))
    both = {f"W{name[1:]}", f"b{name[1:]}"}
    return not both <= found


def made_for_batches(plan: Plan, definitions: Sequence[Definition]) -> bool:
    """Whether what makes the step counts the rows, or sums over them: it is meant for many."""
    code = code_of(plan, definitions)
    return any(pattern.search(code) for pattern in (OVER_ROWS, MEAN))


def is_limited(judged: Judged, definitions: Sequence[Definition]) -> bool:
    """Whether gradients of other sizes may be what the code means: it keeps their norms small."""
    if judged.cause != "gradient-scale":
        return False
    code = code_of(judged.plan, definitions)
    if not all(step in definitions for step in judged.plan.steps):  # an adapter's: it may call any
        code += "\n".join(ast.unparse(definition.node) for definition in definitions)
    return LIMITED.search(code) is not None


def code_of(plan: Plan, definitions: Sequence[Definition]) -> str:
    """The text of what makes the step, and of what it calls."""
    steps = [*plan.steps, *called_by(plan.steps, definitions)]
    return "\n".join(ast.unparse(step.node) for step in steps)


def called_by(steps: Sequence[Definition], definitions: Sequence[Definition]) -> list[Definition]:
    """The person's own functions that these call, and those that they call."""
    found: list[Definition] = []
    todo = list(steps)
    while todo:
        called = {
            ast.unparse(node.func).rpartition(".")[2]
            for node in ast.walk(todo.pop().node)
            if isinstance(node, ast.Call)
        }
        new = [
            d for d in definitions
            if d.name in called and d.kind != "class" and d not in found and d not in steps
        ]  # fmt: skip
        found += new
        todo += new
    return found


def starts_alike(judged: Judged) -> bool:
    """Whether all units of the first hidden layer start with the same weights: they stay twins."""
    bound = judged.bound
    first = judged.observed.known.weights[0] if bound.inside else bound.first
    return first is not None and first.shape[1] > 1 and bool(np.ptp(first, axis=1).max() == 0)


def losses_mixed_up(judged: Judged, trees: Sequence[ast.AST]) -> tuple[str, ...]:
    """The causes where the file computes squared errors alone, and its gradient is another's."""
    if not judged.recognition.right or takes_logarithms(trees):
        return ()
    name = judged.recognition.loss.name
    text = "\n".join(ast.unparse(tree) for tree in trees)
    squares = SQUARES.search(text) or any(map(squares_errors, trees))
    if name == "binary cross-entropy" and squares:
        return "missing-output-derivative", "loss-not-the-one-optimised"
    if name == "cross-entropy" and any(map(reports_squares, trees)):
        return ("loss-not-the-one-optimised",)
    return ()


def takes_logarithms(trees: Sequence[ast.AST]) -> bool:
    """Whether a logarithm is computed anywhere, whatever things are called."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    own = {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    called = (n.func for n in nodes if isinstance(n, ast.Call))
    names = {part for func in called for part in ast.unparse(func).split(".")}
    return any(LOGARITHM.search(name) for name in names - own)


def squares_errors(tree: ast.AST) -> bool:
    """Whether a name that stands for targets less outputs, or the other way, is squared."""
    errors = {
        ast.unparse(node.targets[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.BinOp)
        and isinstance(node.value.op, ast.Sub)
        and "Y" in map(role, (ast.unparse(node.value.left), ast.unparse(node.value.right)))
    }
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(2)):
                squared = base
            case ast.Call(func=ast.Attribute(attr="square" | "power"), args=[base, *_]):
                squared = base
            case _:
                continue
        if ast.unparse(squared) in errors:
            return True
    return False


def reports_squares(tree: ast.AST) -> bool:
    """Whether a function or a name that is called a loss is a squared error."""
    named = [
        (one.name if isinstance(one, ast.FunctionDef) else last_name(one.targets[0]), one)
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef | ast.Assign)
    ]
    return any(is_loss(name) and SQUARES.search(ast.unparse(one)) for name, one in named)


def is_loss(name: str) -> bool:
    """Whether a name says that it is a loss, in the languages that we know; `J` does too."""
    meaning = name_words.meaning(name)
    return name == "J" or (meaning is not None and meaning.kind in (*name_words.LOSSES, "loss"))
