"""How probabilities become classes, as it is read in the code: along which axis, or by a threshold.

It is judged only where a softmax of the file, by its values, tells how the samples lie.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from helder.glass.check import name_words
from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.elementary.loss_calls import role
from helder.glass.check.elementary.usage import usage
from helder.glass.check.findings import FunctionCheck
from helder.glass.check.reading.definitions import Definition
from helder.text import say

PREDICTS = re.compile(
    r"(?i)pred|accura|evaluat|score|classif|^test|correct|recogn|guess|decide|nauwk|precis"
)
PREDICTING = re.compile(r"(?i:forward|prob|softmax|output|predict|feed)")
PASSES = re.compile(
    r"(?i:forward|prob|softmax|output|predict|feed|logits?|scores?|^net|^model|loss)"
)
ROWS, COLUMNS = "rows", "columns"
RIGHT_AXIS = {ROWS: 1, COLUMNS: 0}


def decisions(code: FileCode, functions: Sequence[FunctionCheck]) -> Iterator[FunctionCheck]:
    """Where the largest probability of the wrong axis is taken, or a threshold for many classes."""
    layout = _layout(code, functions)
    classes, yes_and_no = _has_classes(code, functions), _decides(functions)
    numbers = _class_numbers(code)
    for path, tree in _scopes(code):
        cause = _cause(tree, path, layout, code) if layout else None
        cause = cause or _compared(tree)
        if cause is None and classes and (not yes_and_no or _meets(code, path, numbers)):
            cause = _threshold(tree, path)
        if cause is None:
            continue
        node, name, evidence = cause
        known = next((d for d in code.definitions if d.path == path), None)
        file = code.file if known is None else known.file
        said = path or ast.unparse(node)
        yield FunctionCheck(said, "prediction", file, node.lineno, "wrong", (name,), evidence)


def _scopes(code: FileCode) -> Iterator[tuple[str, ast.AST]]:
    """Every function, and every statement outside of all."""
    functions = {d.path for d in code.definitions if d.kind != "class"}
    yield from ((path, tree) for path, tree in code.trees if not path or path in functions)


def _layout(code: FileCode, functions: Sequence[FunctionCheck]) -> str | None:
    """How samples lie, where softmaxes, losses of class numbers and the code do not differ."""
    if _turns_results(code):
        return None
    told = [f.convention for f in functions if f.kind in ("softmax", "log-softmax")]
    votes = {text.split(",")[0] for text in told} | {usage(code, NOBODY).layout}
    for f in functions:
        if f.kind == "cross-entropy" and TELLING.search(f.convention):
            votes |= {part for part in f.convention.split(", ") if part in RIGHT_AXIS}
    votes -= {None, ""}
    return votes.pop() if len(votes) == 1 and votes <= {ROWS, COLUMNS} else None


def _decides(functions: Sequence[FunctionCheck]) -> bool:
    """A loss for yes and no: the network may decide each output by itself."""
    return any(f.kind == "binary cross-entropy" for f in functions)


def _has_classes(code: FileCode, functions: Sequence[FunctionCheck]) -> bool:
    """The network tells several classes apart: by a softmax, or with one-hot labels."""
    kinds = {f.kind for f in functions}
    told = any(f.kind == "cross-entropy" and "class numbers" in f.convention for f in functions)
    chosen = any(_is_of_classes(call) for call in code.calls.get("argmax", ()))
    one_hot = bool(_class_numbers(code)) or _is_encoded(code)
    return one_hot or told or chosen or bool(kinds & {"softmax", "log-softmax", "one-hot"})


def _is_encoded(code: FileCode) -> bool:
    """Labels in one-hot form by a library: by one that makes a single column of two, of many."""
    if any(name in code.calls for name in ENCODERS):
        return True
    return "LabelBinarizer" in code.calls and any(MANY.search(name) for name in code.calls)


def _class_numbers(code: FileCode) -> set[str]:
    """Names of what numbers the classes: `np.eye(k)[y]`, `Y[np.arange(m), y - 1] = 1`."""
    found: set[str] = set()
    for node in code.nodes():
        if not isinstance(node, ast.Subscript):
            continue
        pair = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
        if isinstance(node.value, ast.Call) and last_name(node.value.func) in ("eye", "identity"):
            found |= _labels_in(node.slice)
        elif len(pair) == 2 and isinstance(node.ctx, ast.Store):
            counted = [isinstance(p, ast.Call) and last_name(p.func) in COUNTS for p in pair]
            if sum(counted) == 1:
                found |= _labels_in(pair[counted.index(False)])
    return found


def _labels_in(node: ast.expr) -> set[str]:
    """The names in an index, such as `y` of `y.ravel() - 1`."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {"np", "numpy"}


def _meets(code: FileCode, path: str, numbers: set[str]) -> bool:
    """What a function decides is compared with the numbers of classes."""
    name = path.rpartition(".")[2]
    for node in code.nodes() if name else ():
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
            sides = (node.left, node.comparators[0])
            mine = [s for s in sides if isinstance(s, ast.Call) and last_name(s.func) == name]
            if mine and any(last_name(side) in numbers for side in sides if side not in mine):
                return True
    return False


def _is_of_classes(call: ast.Call) -> bool:
    """The largest of labels or of probabilities; of a history it would say nothing of classes."""
    of = _of_predictions(call)
    return _is_label(call) or (of is not None and (_is_forward(of) or role(last_name(of)) == "p"))


ENCODERS = ("OneHotEncoder", "to_categorical", "get_dummies")
MANY = re.compile(r"load_(iris|wine|digits)|mnist|cifar", re.IGNORECASE)  # more than two classes
COUNTS = ("arange", "range")
NOBODY = Definition("?", "function", "", 0, (), (), ast.Pass())
TELLING = re.compile("class numbers|from logits")


def _turns_results(code: FileCode) -> bool:
    """A forward pass may give its probabilities transposed."""
    forward = [d for d in code.definitions if PREDICTING.search(d.name)]
    results = [text for d in forward for parts in d.returns for text in parts]
    return any(re.fullmatch(r"[\w.]+(\(.*\))?\.T", text) for text in results)


Cause = tuple[ast.expr, str, str]  # where, its name, what we saw


def _cause(tree: ast.AST, path: str, layout: str, code: FileCode) -> Cause | None:
    """A largest probability along the wrong axis, or of all samples together."""
    text = ast.unparse(tree)
    turned = ".T" in text or "transpose" in text
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not _is_prediction(node, path):
            continue
        axis = _axis(node)
        if axis is not None and not turned and axis != RIGHT_AXIS[layout]:
            said = say("check_functions.argmax_axis", call=ast.unparse(node), layout=layout)
            return node, "argmax-axis", said
        if _is_of_all(node, tree, path, code):
            said = say("check_functions.argmax_of_all", call=ast.unparse(node))
            return node, "argmax-axis", said
    return None


def _is_prediction(node: ast.Call, path: str) -> bool:
    """What the largest is taken of are probabilities: by the function's name, or by theirs."""
    of = _of_predictions(node)
    if of is None:
        return False
    predicts = PREDICTS.search(path.rpartition(".")[2]) if path else None
    return bool(predicts or _is_forward(of) or role(last_name(of)) == "p")


def _threshold(tree: ast.AST, path: str) -> Cause | None:
    """Each class decided by itself, in a function that predicts and does not choose among ways."""
    branches = any(isinstance(n, ast.If | ast.IfExp) for n in ast.walk(tree))
    if branches or not PREDICTS.search(path.rpartition(".")[2]):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and _is_threshold(node, tree):
            said = say("check_functions.threshold_for_classes", call=ast.unparse(node))
            return node, "threshold-for-classes", said
    return None


def _compared(tree: ast.AST) -> Cause | None:
    """`(p > 0.5) == Y.argmax(axis=1)`: zeros and ones, counted as right where they are classes."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq):
            continue
        sides = (node.left, node.comparators[0])
        if not any(isinstance(side, ast.Call) and _is_label(side) for side in sides):
            continue
        for side in sides:
            halves = _without_type(side)
            if isinstance(halves, ast.Compare) and _is_threshold(halves, tree):
                said = say("check_functions.threshold_for_classes", call=ast.unparse(halves))
                return halves, "threshold-for-classes", said
    return None


def _without_type(node: ast.expr) -> ast.expr:
    """What `.astype(int)` is called of."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value if node.func.attr == "astype" else node
    return node


def _is_method(call: ast.Call) -> bool:
    """`p.argmax(axis=1)`, not `np.argmax(p, axis=1)`."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return owner is not None and last_name(owner) not in ("np", "numpy")


def _of_predictions(call: ast.Call) -> ast.expr | None:
    """What argmax is taken of, unless these are labels."""
    if last_name(call.func) != "argmax":
        return None
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    of = owner if _is_method(call) else (call.args[0] if call.args else None)
    return None if of is None or role(last_name(of)) == "y" else of


def _axis(node: ast.AST) -> int | None:
    """The axis of an argmax over predictions, 0 or 1; None where there is none."""
    if not isinstance(node, ast.Call) or _of_predictions(node) is None:
        return None
    given = [k.value for k in node.keywords if k.arg == "axis"]
    given += node.args[:1] if _is_method(node) else node.args[1:2]
    try:
        axis = ast.literal_eval(given[0]) if given else None
    except ValueError:
        return None
    return {-1: 1, 0: 0, 1: 1}.get(axis) if isinstance(axis, int) else None


def _is_of_all(node: ast.Call, tree: ast.AST, path: str, code: FileCode) -> bool:
    """One class for a whole batch: argmax without an axis, whose result is then averaged."""
    if node.keywords or len(node.args) != (0 if _is_method(node) else 1):
        return False
    if any(isinstance(n, ast.For | ast.comprehension) for n in ast.walk(tree)):
        return False
    name = path.rpartition(".")[2]
    return _is_averaged(tree, "argmax") or (
        bool(name) and any(_is_averaged(other, name) for at, other in code.trees if at != path)
    )


def _is_averaged(tree: ast.AST, name: str) -> bool:
    """`np.mean(predict(X) == y)`: what a call gives is compared with labels, one for each row."""
    names = {name, *_named_after(tree, name)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and last_name(node.func) in ("mean", "sum", "average")):
            continue
        compared = node.args[0] if node.args else None
        if isinstance(node.func, ast.Attribute) and not node.args:
            compared = node.func.value
        if isinstance(compared, ast.Compare) and isinstance(compared.ops[0], ast.Eq):
            sides = (compared.left, compared.comparators[0])
            labels = [side for side in sides if _is_label(side)]
            mine = [
                s for s in sides if last_name(s.func if isinstance(s, ast.Call) else s) in names
            ]
            if labels and any(side not in labels for side in mine):
                return True
    return False


def _is_label(node: ast.expr) -> bool:
    """Labels, or the classes of one-hot ones: `Y.argmax(axis=1)`."""
    if isinstance(node, ast.Call) and last_name(node.func) == "argmax":
        owner = (
            node.func.value if _is_method(node) and isinstance(node.func, ast.Attribute) else None
        )
        of = owner if owner is not None else (node.args[0] if node.args else node)
        return role(last_name(of)) == "y"
    return role(last_name(node)) == "y"


def _named_after(tree: ast.AST, function: str) -> Iterator[str]:
    """Names that hold what a call of the function gave."""
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.Call) and last_name(value.func) == function:
            # only an assignment has a value here
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))  # type: ignore[attr-defined]


def _is_threshold(node: ast.Compare, tree: ast.AST) -> bool:
    """`probabilities > 0.5`, of all classes at once."""
    if not isinstance(node.ops[0], ast.Gt | ast.GtE):
        return False
    limit, of = node.comparators[0], node.left
    if any(_is_column(value) for value in [of, *_set_to(tree, of)]):
        return False
    half = isinstance(limit, ast.Constant) and limit.value == 0.5
    return half and (
        (role(last_name(of)) == "p" and isinstance(of, ast.Name | ast.Attribute))
        or any(_is_forward(v) or _is_sigmoid(v) for v in [of, *_set_to(tree, of)])
    )


def _is_column(node: ast.expr) -> bool:
    """The probabilities of one class of them: `forward(X)[:, 1]`."""
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple)


def _is_forward(node: ast.expr) -> bool:
    """What a forward pass gives, or one of several that it gives: `forward(X)[-1]`."""
    if isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Call) and PASSES.search(last_name(node.func)) is not None


def _is_sigmoid(node: ast.expr) -> bool:
    """What a sigmoid gives."""
    meaning = name_words.meaning(last_name(node.func)) if isinstance(node, ast.Call) else None
    return meaning is not None and meaning.kind == "sigmoid" and not meaning.slope


def _set_to(tree: ast.AST, name: ast.expr) -> Iterator[ast.expr]:
    """What a name is set to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(name):
            yield node.value
