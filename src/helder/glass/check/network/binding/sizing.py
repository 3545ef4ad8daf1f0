"""What the parameters of a constructor are, told by what its code does with them, not by names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from helder.glass.check.network import roles
from helder.glass.check.network.binding.gathering import BIAS
from helder.glass.check.reading.definitions import Definition
from helder.typing import Floats

MATRIX, LIST, NUMBER = "matrix", "list", "number"
IN_ORDER = ("n_in", "n_hidden", "n_out")
GOING_THROUGH = ("zip", "enumerate", "len", "reversed", "list", "tuple")
MAKING = ("rand", "zeros", "ones", "empty", "uniform", "normal", "full", "range")
SEED = 2  # of weights that a constructor is handed


def uses(owner: Definition) -> dict[str, str]:
    """For each parameter whether it is used as a matrix, as a list or as a number of units."""
    found: dict[str, str] = {}
    for parameter in owner.parameters:
        kept = set(kept_as(owner.node, parameter.name))
        kinds = {kind for node in ast.walk(owner.node) for kind in kinds_in(node, kept)}
        for place in takers_of(owner.node, parameter.name):
            own = {parameter.name}
            kinds |= {kind for node in ast.walk(place) for kind in kinds_in(node, own)}
        known = next((kind for kind in (MATRIX, LIST, NUMBER) if kind in kinds), None)
        if known is not None:
            found[parameter.name] = known
    return found


def takers_of(node: ast.AST, name: str) -> list[ast.AST]:
    """Where a name is that of the parameter: in the constructor, not in methods with an `h` of
    their own."""
    if not isinstance(node, ast.ClassDef):
        return [node]
    found: list[ast.AST] = [
        one
        for one in node.body
        if isinstance(one, ast.FunctionDef)
        and name in {part.arg for part in ast.walk(one.args) if isinstance(part, ast.arg)}
    ]
    return found or [node]


def kept_as(node: ast.AST, name: str) -> Iterator[str]:
    """What else a parameter is called: `self.sizes` of `self.sizes = sizes`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Assign) and ast.unparse(one.value) == name:
            yield from (ast.unparse(target) for target in one.targets)


def kinds_in(node: ast.AST, names: set[str]) -> Iterator[str]:
    """What a piece of code says of what has one of these names."""

    def is_it(one: ast.AST) -> bool:
        return isinstance(one, ast.Name | ast.Attribute) and ast.unparse(one) in names

    match node:
        case ast.Subscript(value=ast.Subscript(value=value)) if is_it(value):
            yield MATRIX
        case ast.Attribute(value=value, attr="T" | "dot") if is_it(value):
            yield MATRIX
        case ast.BinOp(left=left, op=ast.MatMult(), right=right) if is_it(left) or is_it(right):
            yield MATRIX
        case ast.Call(func=func, args=args):
            name = ast.unparse(func).rpartition(".")[2]
            if name == "dot" and any(map(is_it, args)):
                yield MATRIX
            elif name in GOING_THROUGH and any(is_it(root(one)) for one in args):
                yield LIST
            elif any(word in name for word in MAKING):
                inner = [part for one in args for part in parts_of(one)]
                yield from (NUMBER for one in inner if is_it(one))
        case ast.For(iter=over) | ast.comprehension(iter=over) if is_it(root(over)):
            yield LIST
        case ast.Subscript(value=value) if is_it(value):
            yield LIST


def parts_of(node: ast.expr) -> list[ast.expr]:
    """The elements of a tuple or list; of anything else itself."""
    return node.elts if isinstance(node, ast.Tuple | ast.List) else [node]


def root(node: ast.expr) -> ast.expr:
    """`sizes` of `sizes[1:]`."""
    return node.value if isinstance(node, ast.Subscript) else node


def size_roles(owner: Definition, used: dict[str, str]) -> dict[str, str | None]:
    """What each parameter says about sizes: by its name, else by its use and its place."""
    said = {p.name: roles.size_role(p.name) for p in owner.parameters}
    for name in said:
        if used.get(name) == MATRIX:
            said[name] = None
    open_ = [
        p.name
        for p in owner.parameters
        if p.default is None and said[p.name] is None and may_be_size(p.name)
    ]
    missing = [what for what in IN_ORDER if what not in said.values()]
    numbers = [name for name in open_ if used.get(name) == NUMBER]
    if not any(what == "sizes" for what in said.values()) and len(numbers) <= len(missing):
        said |= dict(zip(numbers, missing, strict=False))
    lists = [name for name in open_ if used.get(name) == LIST]
    if len(lists) == 1 and "sizes" not in said.values():
        said[lists[0]] = "sizes"
    return said


def may_be_size(name: str) -> bool:
    """Whether a name says nothing else."""
    return roles.role(name) in (None, "X", "Y", "output") and not roles.NO_SIZES.search(name)


def weights_for(owner: Definition, used: dict[str, str], sizes: Sequence[int]) -> dict[str, Floats]:
    """Weights for a constructor that is handed its matrices: layer after layer, biases too."""
    draw = np.random.default_rng(SEED)
    given = [p.name for p in owner.parameters if p.default is None]
    matrices = [n for n in given if used.get(n) == MATRIX and not BIAS.search(n)]
    biases = [n for n in given if BIAS.search(n) and roles.role(n) is None]
    layers = [*pairwise(sizes)]
    if len(matrices) != len(layers):
        return {}
    found: dict[str, Floats] = {}
    for name, (n_in, n_out) in zip(matrices, layers, strict=True):
        turned = comes_first(owner.node, name)
        found[name] = draw.normal(0, 0.5, (n_out, n_in) if turned else (n_in, n_out))
    for name, (_, n_out) in zip(biases, layers, strict=False):
        found[name] = draw.normal(0, 0.5, n_out)
    return found


def comes_first(node: ast.AST, name: str) -> bool:
    """Whether the first product with a matrix is `W @ x`, so that it lies as (n_out, n_in)."""
    text = ast.unparse(node)
    ways = [re.escape(one) for one in (name, *kept_as(node, name))]
    either = "|".join(ways)
    product = re.search(rf"(dot|matmul)\(({either}),|\b({either})(\.dot\(| @)", text)
    other = re.search(rf"(dot|matmul)\([^()]*, ({either})\)|dot\(({either})\)|@ ({either})\b", text)
    return product is not None and (other is None or product.start() < other.start())
