"""A file as notes read it: the statements of each function in order, and the names in them."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

# What may stand beside `train` or `test` in the name of a part of the data: `X_train_scaled`.
WORDS = (
    r"(?:[xy]s?|data|inputs?|features?|images?|imgs?|labels?|targets?|outputs?|samples?|set|df|frame"
    r"|dataset|raw|scaled|norm|normali[sz]ed|std|one_?hot|oh|enc|encoded|flat|arr|array|np|rows?)"
)
TEST = re.compile(
    rf"(?:{WORDS}_?)*(?:test|testing|val|va|valid|validate|validation|dev|te|holdout)(?:_?{WORDS})*_?\d*",
    re.I,
)
TRAIN = re.compile(rf"(?:{WORDS}_?)*(?:train|training|tr|trn)(?:_?{WORDS})*_?\d*", re.I)
LABEL = re.compile(
    r"(?:(?:train|training|test|val|tr|te)_?)?"
    r"(?:y|ys|t|labs?|labels?|targets?|classes|answers?|expected|y_?one_?hot|one_?hot_?(?:y|labels?))"
    r"(?:_?(?:train|training|test|val|tr|te|data|set|true|enc|encoded|one_?hot|oh|shuffled))*",
    re.I,
)
FEATURES = re.compile(
    r"(?:(?:train|training|test|val|tr|te)_?)?"
    r"(?:x|xs|inputs?|features?|data|images?|imgs?|samples?)"
    r"(?:_?(?:train|training|test|val|tr|te|data|set|scaled|flat|shuffled))*",
    re.I,
)


@dataclass(frozen=True)
class Scope:
    """The statements of a function, or of the top level, and the file that they stand in."""

    statements: tuple[ast.stmt, ...]
    file: ast.Module
    function: ast.FunctionDef | ast.AsyncFunctionDef | None = None


def scopes(file: ast.Module) -> list[Scope]:
    """The top level and every function of a file, each without the functions within it."""
    inner = [node for node in ast.walk(file) if isinstance(node, ast.FunctionDef)]
    top = Scope(tuple(flat(file.body)), file)
    return [top, *(Scope(tuple(flat(node.body)), file, node) for node in inner)]


def flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements and those within their blocks, in the order of their lines."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        yield statement
        for name in ("body", "orelse", "handlers", "finalbody"):
            for part in getattr(statement, name, []):
                yield from flat(part.body if isinstance(part, ast.ExceptHandler) else [part])


def own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement itself, without those of the blocks within it."""
    parts = [
        child
        for child in ast.iter_child_nodes(statement)
        if not isinstance(child, ast.stmt | ast.ExceptHandler)
    ]
    for part in parts:
        yield from ast.walk(part)


def calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """The calls in a statement itself."""
    return (node for node in own_nodes(statement) if isinstance(node, ast.Call))


def dotted(node: ast.AST | None) -> str:
    """A name as it is written: `X`, `self.X`, `np.random.shuffle`; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def last(name: str) -> str:
    """The last part of a dotted name."""
    return name.rpartition(".")[2]


def called(call: ast.Call) -> str:
    """The last name of what is called: `fit` of `model.fit(X)`, also of `Net().fit(X)`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)


def data_of(node: ast.AST | None) -> str:
    """The name of the data that an expression takes a part or another form of, else empty.

    `X` of `X[:, :4]`, of `X.values` and of `X.astype(float)`.
    """
    while True:
        if isinstance(node, ast.Subscript) or (
            isinstance(node, ast.Attribute) and node.attr in ("values", "T", "iloc", "loc")
        ):
            node = node.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("astype", "to_numpy", "copy", "reshape", "ravel", "flatten")
        ):
            node = node.func.value
        else:
            return dotted(node)


def mentioned(node: ast.AST) -> set[str]:
    """The names whose numbers an expression uses; `X` of `X.shape` is not among them."""
    if isinstance(node, ast.Name | ast.Attribute):
        name = dotted(node)
        if isinstance(node, ast.Attribute) and node.attr in ("shape", "size", "ndim", "dtype"):
            return set()
        inner = mentioned(node.value) if isinstance(node, ast.Attribute) else set()
        return inner | ({name} if name else set())
    if isinstance(node, ast.Call) and dotted(node.func) in ("len", "range", "type"):
        return set()
    return set().union(*(mentioned(child) for child in ast.iter_child_nodes(node)))


def assigned(statement: ast.stmt) -> list[tuple[str, ast.expr]]:
    """The names that a statement gives a value, each with its value; of tuples one by one."""
    if isinstance(statement, ast.AnnAssign | ast.AugAssign):
        name = dotted(statement.target)
        return [(name, statement.value)] if name and statement.value is not None else []
    if not isinstance(statement, ast.Assign):
        return []
    found = []
    for target in statement.targets:
        if not isinstance(target, ast.Tuple | ast.List):
            found.append((dotted(target), statement.value))
            continue
        values = [statement.value] * len(target.elts)
        if isinstance(statement.value, ast.Tuple) and len(statement.value.elts) == len(values):
            values = statement.value.elts
        found += [(dotted(one), value) for one, value in zip(target.elts, values, strict=True)]
    return [(name, value) for name, value in found if name]


def is_test(name: str) -> bool:
    """Whether a name says that its rows are those of a test, or of a validation."""
    return TEST.fullmatch(last(name)) is not None


def is_train(name: str) -> bool:
    """Whether a name says that its rows are those that train."""
    return TRAIN.fullmatch(last(name)) is not None


def is_label(name: str) -> bool:
    """Whether a name says that it holds labels."""
    return LABEL.fullmatch(last(name)) is not None


def is_features(name: str) -> bool:
    """Whether a name says that it holds features."""
    return FEATURES.fullmatch(last(name)) is not None


@functools.lru_cache(maxsize=8)
def functions_of(file: ast.Module) -> dict[str, ast.FunctionDef]:
    """The functions of a file's top level, by name."""
    return {node.name: node for node in file.body if isinstance(node, ast.FunctionDef)}


@functools.lru_cache(maxsize=8)
def classes_of(file: ast.Module) -> dict[str, ast.ClassDef]:
    """The classes of a file's top level, by name."""
    return {node.name: node for node in file.body if isinstance(node, ast.ClassDef)}


@functools.lru_cache(maxsize=8)
def imported(file: ast.Module) -> dict[str, str]:
    """What each imported name is in full: `np` -> `numpy`, `shuffle` -> `sklearn.utils.shuffle`."""
    found = {}
    for node in ast.walk(file):
        if isinstance(node, ast.Import):
            for one in node.names:
                found[one.asname or one.name.partition(".")[0]] = (
                    one.name if one.asname else one.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for one in node.names:
                found[one.asname or one.name] = f"{node.module}.{one.name}"
    return found


def full(file: ast.Module, name: str) -> str:
    """A dotted name with its first part as it was imported: `numpy.random.shuffle`."""
    first, mark, rest = name.partition(".")
    return imported(file).get(first, first) + mark + rest
