"""Loops that may train, at the top level or in a function, and the statements that lead to them."""

from __future__ import annotations

import ast
import builtins
import copy
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from helder.glass.check.reading.hoisting import is_many, is_round, replace_rounds, rounds_of
from helder.glass.check.reading.loops import top_level

Looping = ast.For | ast.While
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda)
Known = Mapping[str, ast.stmt]  # the functions and classes of a file
INNER = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Script:
    """A loop, and what has to be run before it, among the names of the file.

    Attributes:
        name: How a session runs it: `line 35`.
        line: Of its `for` or `while`, from 1.
        function: The function that it stands in; empty at the top level.
        node: Its syntax tree.
        before: The statements that a run meets before it, those that it does not need left out.
        reads: The names that must be there when it begins.
        stores: The names that it makes or makes anew.
    """

    name: str
    line: int
    function: str
    node: Looping
    before: tuple[ast.stmt, ...]
    reads: frozenset[str]
    stores: frozenset[str]


@functools.lru_cache(maxsize=8)
def scripts(tree: ast.Module) -> tuple[Script, ...]:
    """The loops of the top level, then those of functions, the outermost ones only."""
    known = {node.name: node for node in tree.body if isinstance(node, (*FUNCTIONS, ast.ClassDef))}
    top = list(top_level(tree.body))
    found = [made(with_one_round(n), "", before(tree.body, n), known) for n in loops_in(top)]
    for function in known.values():
        if isinstance(function, FUNCTIONS):
            body = [*defaults(function), *function.body]
            for node in loops_in(list(top_level(body))):
                leading = [*(s for s in top if is_simple(s)), *before(body, node)]
                loop = with_one_round(without_return(node))
                found.append(made(loop, function.name, leading, known))
    return tuple(found)


def loops_in(body: list[ast.stmt]) -> list[Looping]:
    return [node for node in body if isinstance(node, ast.For | ast.While)]


def is_simple(node: ast.stmt) -> bool:
    """Whether a statement of the top level is one that a function may rely on."""
    return isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)


def defaults(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.stmt]:
    """The defaults of a function's parameters, as assignments."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    given = positional[len(positional) - len(arguments.defaults) :]
    pairs = [*zip(given, arguments.defaults, strict=True)]
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d]
    for argument, default in pairs:
        target = ast.Name(argument.arg, ast.Store())
        yield ast.fix_missing_locations(ast.copy_location(ast.Assign([target], default), default))


def with_one_round(loop: Looping) -> Looping:
    """The loop with one round in place of the thousands of a loop within it."""
    changed = copy.deepcopy(loop)
    for node in ast.walk(changed):
        if node is not changed and isinstance(node, ast.For) and is_round(node):
            number = rounds_of(node)
            if number is not None and is_many(number):
                replace_rounds(node, ast.copy_location(ast.Constant(1), number))
    return changed


def without_return(node: Looping) -> Looping:
    """The loop with `break` in place of `return`, which may stand in functions only."""

    class Breaking(ast.NodeTransformer):
        def visit_Return(self, node: ast.Return) -> ast.stmt:
            return ast.copy_location(ast.Break(), node)

        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
            return node

    changed = Breaking().visit(copy.deepcopy(node))
    assert isinstance(changed, ast.For | ast.While)
    return changed


def before(body: list[ast.stmt], loop: Looping) -> list[ast.stmt]:
    """What stands before a loop, blocks that hold it opened."""
    found: list[ast.stmt] = []
    for node in top_level(body):
        if node is loop:
            break
        if not (isinstance(node, ast.If | ast.With | ast.Try) and loop in ast.walk(node)):
            found.append(node)
    inside = {id(inner) for node in found for inner in ast.walk(node) if inner is not node}
    return [node for node in found if id(node) not in inside]


def made(node: Looping, function: str, leading: list[ast.stmt], known: Known) -> Script:
    """A loop with what it needs."""
    reads = with_called(read_by([node]), known)
    kept: list[ast.stmt] = []
    needed = set(reads)
    for statement in reversed(leading):
        if isinstance(statement, SCOPES) or not touched(statement, known) & needed:
            continue
        kept.insert(0, statement)
        needed |= with_called(read_by([statement]), known)
    stores = stored([node]) | {n for f in called(node, known) for n in shared(f)}
    return Script(
        f"line {node.lineno}", node.lineno, function, node, tuple(kept),
        frozenset(reads - set(known) - set(dir(builtins))), frozenset(stores),
    )  # fmt: skip


def stored(nodes: Iterable[ast.stmt]) -> set[str]:
    """The names that statements give values to."""
    names = [n for node in nodes for n in walked(node) if isinstance(n, ast.Name)]
    return {n.id for n in names if isinstance(n.ctx, ast.Store)}


def touched(node: ast.stmt, known: Known) -> set[str]:
    """The names that a statement gives values to or alters: `W = `, `W[0] = `, `W.append(...)`."""
    found = stored([node])
    for part in walked(node):
        if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store):
            found.add(root_name(part))
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            found.add(root_name(part.value.func))
            found |= {n.id for n in part.value.args if isinstance(n, ast.Name)}
    return found | {n for function in called(node, known) for n in shared(function)}


def root_name(node: ast.expr) -> str:
    """`W` of `W.layers[0]`; empty where there is none, or where the name is called itself."""
    if isinstance(node, ast.Name):
        return ""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def called(node: ast.AST, known: Known) -> Iterator[ast.stmt]:
    """The file's own functions that are called, and those that they call."""
    waiting, met = [node], set()
    while waiting:
        for part in ast.walk(waiting.pop()):
            if isinstance(part, ast.Name) and part.id in known and part.id not in met:
                met.add(part.id)
                waiting.append(known[part.id])
                yield known[part.id]


def shared(function: ast.stmt) -> set[str]:
    """The names that a function declares to be the file's."""
    return {n for part in ast.walk(function) if isinstance(part, ast.Global) for n in part.names}


def with_called(names: set[str], known: Known) -> set[str]:
    """Names, and those that the file's functions among them read of the file."""
    found = set(names)
    waiting = [name for name in names if name in known]
    while waiting:
        free = free_in(known[waiting.pop()])
        waiting += [name for name in free - found if name in known]
        found |= free
    return found


def free_in(definition: ast.stmt) -> set[str]:
    """The names of the file that a function, or a class's methods, read or share."""
    if isinstance(definition, ast.ClassDef):
        return {n for part in definition.body if isinstance(part, FUNCTIONS) for n in free_in(part)}
    parts = list(ast.walk(definition))
    own = {part.arg for part in parts if isinstance(part, ast.arg)}
    names = [part for part in parts if isinstance(part, ast.Name)]
    own |= {n.id for n in names if isinstance(n.ctx, ast.Store)}
    read = {n.id for n in names if isinstance(n.ctx, ast.Load)}
    return (read - own) | shared(definition)


def walked(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement in its own scope."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(
            c for c in ast.iter_child_nodes(part) if not isinstance(c, (*SCOPES, *INNER))
        )


def read_by(nodes: Iterable[ast.stmt]) -> set[str]:
    """The names that statements read before they give them values."""
    reading = Reading()
    reading.all(nodes)
    return reading.reads


class Reading:
    """Goes through statements in the order in which they run."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.stores: set[str] = set()

    def all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.one(node)

    def one(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                self.stores.add(name)
            case ast.Name(id=name):
                self.reads |= {name} - self.stores
            case ast.Assign(value=value, targets=targets):
                self.all([value, *targets])
            case ast.AugAssign(value=value, target=target):
                if isinstance(target, ast.Name):
                    self.reads |= {target.id} - self.stores
                self.all([value, target])
            case ast.For(iter=over, target=target):
                self.all([over, target, *node.body, *node.orelse])
            case ast.If(test=test):
                self.one(test)
                before = set(self.stores)
                self.all([*node.body, *node.orelse])
                self.stores = before  # it may not have been met
            case ast.Global(names=names):
                self.reads |= set(names) - self.stores
            case _ if isinstance(node, (*INNER, *SCOPES)):
                self.apart(node)
            case _:
                self.all(ast.iter_child_nodes(node))

    def apart(self, node: ast.AST) -> None:
        """What has names of its own: those are not read from here."""
        parts = list(ast.walk(node))
        names = [part for part in parts if isinstance(part, ast.Name)]
        inner = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        inner |= {part.arg for part in parts if isinstance(part, ast.arg)}
        self.reads |= {n.id for n in names if isinstance(n.ctx, ast.Load)} - inner - self.stores
