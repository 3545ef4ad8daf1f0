"""The rounds and the rate that a function trains with, written in its body, as its parameters.

`epochs = 1000` in a function means the same as a parameter with this default, and with one a single
round can be asked for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

RATE = re.compile(
    r"l_?r(ate)?|learn(ing)?_?rate|eta|step_?size|rate|(tasa|taxa|taux|lern)_?\w*", re.I
)
ROUNDS = "epochs"
FEWEST = 20  # rounds: what goes round less often may go over classes, layers or columns
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Hoisting(ast.NodeTransformer):
    """Gives functions that train the parameters that they lack."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        hoist(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        hoist(node)
        return node


def hoisted(tree: ast.Module) -> ast.Module:
    """The tree of a file, changed: what it does when it runs stays the same."""
    Hoisting().visit(tree)
    return tree


def hoist(function: Function) -> None:
    loops = [node for node in ast.walk(function) if isinstance(node, ast.For) and is_round(node)]
    outer = [node for node in loops if not any(node in inside(other) for other in loops)]
    if len(outer) != 1:
        return
    names = constants(function)
    number = rounds_of(outer[0])
    if isinstance(number, ast.Constant) and is_many(number) and ROUNDS not in known(function):
        add(function, ROUNDS, number)
        replace_rounds(outer[0], ast.copy_location(ast.Name(ROUNDS, ast.Load()), number))
    elif isinstance(number, ast.Name) and number.id in names and is_many(names[number.id].value):
        move(function, names[number.id])
    elif not isinstance(number, ast.Name) or number.id not in {a.arg for a in taken(function)}:
        return
    for name, statement in names.items():
        if RATE.fullmatch(name):
            move(function, statement)


def is_round(loop: ast.For) -> bool:
    """Whether a loop may go over rounds: its number picks nothing out of anything."""
    if rounds_of(loop) is None or not isinstance(loop.target, ast.Name):
        return False
    name = loop.target.id
    picked = [n.slice for n in ast.walk(loop) if isinstance(n, ast.Subscript)]
    return not any(
        isinstance(n, ast.Name) and n.id == name for one in picked for n in ast.walk(one)
    )


def rounds_of(loop: ast.For) -> ast.expr | None:
    """`n` of `for i in range(n)`."""
    match loop.iter:
        case ast.Call(func=ast.Name("range" | "xrange"), args=[number], keywords=[]):
            return number
    return None


def replace_rounds(loop: ast.For, number: ast.expr) -> None:
    assert isinstance(loop.iter, ast.Call)
    loop.iter.args = [number]


def inside(loop: ast.For) -> list[ast.AST]:
    """What stands in a loop, without itself."""
    return [node for node in ast.walk(loop) if node is not loop]


def is_many(number: ast.expr) -> bool:
    value = number.value if isinstance(number, ast.Constant) else None
    return isinstance(value, int) and not isinstance(value, bool) and value >= FEWEST


def constants(function: Function) -> dict[str, ast.Assign]:
    """The names that the body of a function gives a number, once and for all."""
    stored = [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    shared = {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    return {
        name: node
        for name, node in set_in(function)
        if stored.count(name) == 1 and name not in shared | {a.arg for a in taken(function)}
    }


def set_in(function: Function) -> Iterator[tuple[str, ast.Assign]]:
    for node in function.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() | float())):
                yield name, node


def move(function: Function, statement: ast.Assign) -> None:
    """Makes a parameter of a name that is given a number."""
    target = statement.targets[0]
    assert isinstance(target, ast.Name)
    add(function, target.id, statement.value)
    function.body[function.body.index(statement)] = ast.copy_location(ast.Pass(), statement)


def add(function: Function, name: str, default: ast.expr) -> None:
    function.args.kwonlyargs.append(ast.copy_location(ast.arg(name), default))
    function.args.kw_defaults.append(default)


def taken(function: Function) -> list[ast.arg]:
    """The parameters of a function."""
    args = function.args
    rest = [one for one in (args.vararg, args.kwarg) if one is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *rest]


def known(function: Function) -> set[str]:
    """The names that mean something in a function."""
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return names | {one.arg for one in taken(function)}
