"""Loops that may train, at the top level or in a function, and the statements that lead to them."""

from __future__ import annotations

import ast
import builtins
import copy
import functools
from collections.abc import Iterator
from dataclasses import dataclass

from helder.glass.check.reading.asides import guarded
from helder.glass.check.reading.hoisting import (
    Function,
    is_many,
    is_round,
    replace_rounds,
    rounds_of,
)
from helder.glass.check.reading.loops import top_level
from helder.glass.check.reading.names import (
    FUNCTIONS,
    SCOPES,
    Known,
    called,
    read_by,
    shared,
    stored,
    touched,
    with_called,
)

Looping = ast.For | ast.While


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
            body = [*made_anew(function, known), *defaults(function), *function.body]
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


def defaults(function: Function) -> Iterator[ast.stmt]:
    """The defaults of a function's parameters, as assignments."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    given = positional[len(positional) - len(arguments.defaults) :]
    pairs = [*zip(given, arguments.defaults, strict=True)]
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d]
    for argument, default in pairs:
        target = ast.Name(argument.arg, ast.Store())
        yield ast.fix_missing_locations(ast.copy_location(ast.Assign([target], default), default))


def made_anew(function: Function, known: Known) -> Iterator[ast.stmt]:
    """Parameters that are settings of a class of the file, as assignments.

    `lr = 0.1` comes before `cfg = Config(lr=lr)`, so that its numbers have names to be given
    others by.
    """
    used = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)} | set(known)
    used |= {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
    for argument in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
        kind = argument.annotation
        fields = fields_of(known.get(kind.id)) if isinstance(kind, ast.Name) else {}
        if not isinstance(kind, ast.Name) or None in (fields or {"": None}).values():
            continue
        numbers = {n: v for n, v in fields.items() if isinstance(v, ast.Constant) and n not in used}
        keywords = [ast.keyword(name, ast.Name(name, ast.Load())) for name in numbers]
        made_of = ast.Call(ast.Name(kind.id, ast.Load()), [], keywords)
        for name, value in [*numbers.items(), (argument.arg, made_of)]:
            node = ast.Assign([ast.Name(name, ast.Store())], value)
            yield ast.fix_missing_locations(ast.copy_location(node, argument))


def fields_of(kind: ast.stmt | None) -> dict[str, ast.expr | None]:
    """The fields that a class lists, and their defaults."""
    listed = kind.body if isinstance(kind, ast.ClassDef) else []
    fields = [part for part in listed if isinstance(part, ast.AnnAssign)]
    return {ast.unparse(field.target): field.value for field in fields}


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
        f"line {node.lineno}", node.lineno, function, guarded(node, known), tuple(kept),
        frozenset(reads - set(known) - set(dir(builtins))), frozenset(stores),
    )  # fmt: skip
