"""The places of a file in which names live: its top level, its functions, its methods."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from helder.glass.check.reading.definitions import SELVES, Definition, last_name

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
INNER = (*FUNCTIONS, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Scope:
    """A place in which names live.

    Attributes:
        node: The function, or the module.
        owner: The class that a method stands in.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Module
    owner: ast.ClassDef | None = None

    @property
    def name(self) -> str:
        """Of the function; empty at the top level."""
        return "" if isinstance(self.node, ast.Module) else self.node.name

    @cached_property
    def parameters(self) -> dict[str, ast.expr | None]:
        """The names of its parameters, without `self`, with their defaults."""
        if isinstance(self.node, ast.Module):
            return {}
        a = self.node.args
        plain = [*a.posonlyargs, *a.args]
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(a.defaults))
        found = dict(zip([p.arg for p in plain], [*defaults, *a.defaults], strict=True))
        found |= {p.arg: d for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True)}
        return {name: d for name, d in found.items() if name != self.itself}

    @property
    def itself(self) -> str:
        """The name of the object in a method; empty elsewhere."""
        if self.owner is None or isinstance(self.node, ast.Module):
            return ""
        if {last_name(d) for d in self.node.decorator_list} & {"staticmethod", "classmethod"}:
            return ""
        first = [*self.node.args.posonlyargs, *self.node.args.args][:1]
        return first[0].arg if first and first[0].arg in SELVES else ""

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """All its statements, blocks and loops opened, in their order."""
        return list(opened(self.node.body))

    @cached_property
    def stored(self) -> dict[str, list[ast.Assign | ast.AnnAssign]]:
        """The plain assignments to each of its names."""
        found: dict[str, list[ast.Assign | ast.AnnAssign]] = {}
        for node in self.statements:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                for name in names_stored(node):
                    found.setdefault(name, []).append(node)
        return found


def opened(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements and those within them; functions and classes are left closed."""
    for node in body:
        yield node
        if isinstance(node, INNER):
            continue
        for field_name in ("body", "orelse", "finalbody"):
            inner = getattr(node, field_name, [])
            yield from opened([part for part in inner if isinstance(part, ast.stmt)])
        for handler in getattr(node, "handlers", []):
            yield from opened(handler.body)


def names_stored(node: ast.AST) -> list[str]:
    """The names that a statement gives values to, those of comprehensions left out."""
    parts = list(ast.walk(node))
    inner = {id(n) for c in parts if isinstance(c, ast.comprehension) for n in ast.walk(c.target)}
    found = [n for n in parts if isinstance(n, ast.Name) and id(n) not in inner]
    return [n.id for n in found if isinstance(n.ctx, ast.Store)]


def names_read(node: ast.AST) -> list[str]:
    """The names that a statement reads, those of comprehensions and lambdas left out."""
    own = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    for part in ast.walk(node):
        if isinstance(part, ast.comprehension):
            own |= set(names_stored(part.target))
    found = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        found.append(node.target)
    reads = [n.id for n in found if isinstance(n.ctx, ast.Load) or n is getattr(node, "target", 0)]
    return [name for name in dict.fromkeys(reads) if name not in own]


@dataclass
class Code:
    """A file and the modules beside it, as they are read.

    Attributes:
        trees: Their syntax trees, the file's first.
        definitions: What they define.
    """

    trees: Sequence[ast.Module]
    definitions: Sequence[Definition]
    scopes: list[Scope] = field(init=False)

    def __post_init__(self) -> None:
        self.scopes = [scope for tree in self.trees for scope in scopes_of(tree)]

    @cached_property
    def by_name(self) -> dict[str, Definition]:
        """The classes and functions by their names."""
        return {d.name: d for d in reversed(self.definitions) if d.kind in ("class", "function")}

    @cached_property
    def methods(self) -> dict[str, list[Definition]]:
        """The methods by their names."""
        found: dict[str, list[Definition]] = {}
        for d in self.definitions:
            if d.kind in ("method", "static"):
                found.setdefault(d.name, []).append(d)
        return found

    @cached_property
    def names(self) -> set[str]:
        """The names of the top levels: definitions, imports and plain values."""
        found: set[str] = set()
        for tree in self.trees:
            for node in tree.body:
                if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                    found.add(node.name)
                elif isinstance(node, ast.Import | ast.ImportFrom):
                    found |= {(a.asname or a.name).partition(".")[0] for a in node.names}
        return found

    @cached_property
    def free(self) -> set[str]:
        """The names that functions read and that they do not make themselves."""
        found: set[str] = set()
        for scope in self.scopes:
            if not isinstance(scope.node, ast.Module):
                made = {n for line in scope.statements for n in names_stored(line)}
                found |= set(names_read(scope.node)) - made
        return found

    @cached_property
    def calls(self) -> dict[str, list[tuple[ast.Call, Scope]]]:
        """The calls of each function, class or method by its last name."""
        found: dict[str, list[tuple[ast.Call, Scope]]] = {}
        for scope in self.scopes:
            seen: set[int] = set()
            for statement in scope.node.body:
                for part in within(statement):
                    if isinstance(part, ast.Call) and id(part) not in seen:
                        seen.add(id(part))
                        found.setdefault(last_name(part), []).append((part, scope))
        return found


def within(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement, functions and classes left closed."""
    waiting = [node]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, (*FUNCTIONS, ast.ClassDef)):
            continue
        yield part
        waiting.extend(ast.iter_child_nodes(part))


def scopes_of(tree: ast.Module) -> Iterator[Scope]:
    """The top level, then all functions and methods, those within functions too."""
    yield Scope(tree)
    waiting: list[tuple[ast.AST, ast.ClassDef | None]] = [(tree, None)]
    while waiting:
        node, owner = waiting.pop(0)
        for part in ast.iter_child_nodes(node):
            if isinstance(part, FUNCTIONS):
                yield Scope(part, owner)
                waiting.append((part, None))
            elif isinstance(part, ast.ClassDef):
                waiting.append((part, part))
            else:
                waiting.append((part, owner))
