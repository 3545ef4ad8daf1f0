"""The names that statements read, give values to and alter, also through the file's functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda)
Known = Mapping[str, ast.stmt]  # the functions and classes of a file
INNER = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


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
