"""How a file computes its gradients: products with deltas, sums of deltas, and what is updated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mutations.code import Code
from mutations.pattern import match
from mutations.roles import (
    factors,
    is_bias,
    is_gradient,
    is_label,
    is_moment,
    is_weight,
    matmuls,
    stem,
)
from mutations.steps import Update, updates_of

DATA = re.compile(
    r"^(x|X|data|inputs?|noise|mask|perm|idx|ind|order|rng|samples?|u|r|D)(_|\d|$)|drop|mask|perm|shuffle|seed|noise|ids$|rows$"
)
SUMS = (
    "np.sum(x_, axis=i_, keepdims=k_)", "np.sum(x_, axis=i_)", "np.sum(x_, i_)",
    "np.sum(x_, i_, keepdims=k_)", "x_.sum(axis=i_, keepdims=k_)", "x_.sum(axis=i_)",
    "x_.sum(i_)", "x_.sum(i_, keepdims=k_)",
    "np.mean(x_, axis=i_, keepdims=k_)", "np.mean(x_, axis=i_)", "np.mean(x_, i_)",
    "np.mean(x_, i_, keepdims=k_)", "x_.mean(axis=i_, keepdims=k_)", "x_.mean(axis=i_)",
    "x_.mean(i_)", "x_.mean(i_, keepdims=k_)",
)  # fmt: skip


@dataclass(frozen=True)
class Product:
    """A product of matrices in a backward pass: which operand is the delta, which the other."""

    node: ast.expr
    delta: ast.expr
    other: ast.expr


class Network:
    """What a file's names are, as far as its own statements say so."""

    def __init__(self, code: Code) -> None:
        self.code = code

    @cached_property
    def random_names(self) -> set[str]:
        """What is drawn at random in the beginning and is not data."""
        names = set()
        for node in self.code.all(ast.Assign):
            drawn = any(is_random(part) for part in ast.walk(node.value))
            for target in node.targets if drawn else ():
                for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                    names.add(stem(part))
        return {n for n in names if n and not DATA.search(n)} - self._label_names

    @cached_property
    def _label_names(self) -> set[str]:
        return {n.id for n in self.code.all(ast.Name) if is_label(n)}

    @cached_property
    def added_names(self) -> set[str]:
        """What is added to a product with a weight: biases, whatever their name."""
        names = set()
        for node in self.code.all(ast.BinOp):
            if isinstance(node.op, ast.Add):
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    if any(
                        m is one and self.weight(left, right) for m, left, right in matmuls(one)
                    ):
                        names.add(stem(other))
        return names - {""}

    def is_weight(self, node: ast.expr) -> bool:
        if is_gradient(node) or is_moment(node):
            return False
        return is_weight(node) or (stem(node) in self.random_names and not is_bias(node))

    def weight(self, left: ast.expr, right: ast.expr) -> ast.expr | None:
        """The operand that is a weight, if one of the two is."""
        found = [node for node in (left, right) if self.is_weight(node)]
        return found[0] if len(found) == 1 else None

    def is_parameter(self, node: ast.expr) -> bool:
        if is_gradient(node) or is_moment(node):
            return False
        return self.is_weight(node) or is_bias(node) or stem(node) in self.added_names

    @cached_property
    def updates(self) -> list[Update]:
        """Every step that is taken."""
        return [*updates_of(self.code, self.is_parameter)]

    @cached_property
    def has_biases(self) -> bool:
        return bool(self.added_names) or any(is_bias(u.target) for u in self.updates)

    @cached_property
    def scopes(self) -> list[ast.AST]:
        """Functions, and the file itself."""
        return [*self.code.functions, self.code.tree]

    @cached_property
    def passes(self) -> list[Pass]:
        """Every backward pass: a function, or the script, with gradients of weights in it."""
        found = [Pass(self, scope) for scope in self.scopes]
        return [p for p in found if p.weight_gradients or p.propagations]

    @cached_property
    def delta_names(self) -> set[str]:
        """What is a delta in any function of the file."""
        found = [p for scope in self.scopes for p in Pass(self, scope).weight_gradients]
        return {ast.unparse(p.delta) for p in found}


def is_random(node: ast.AST) -> bool:
    """A call that draws numbers for a matrix."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    drawing = ("randn", "rand", "normal", "uniform", "standard_normal", "random", "random_sample")
    return node.func.attr in drawing and (len(node.args) + len(node.keywords)) > 0


class Pass:
    """A scope that computes gradients of weights, and its parts."""

    def __init__(self, network: Network, scope: ast.AST) -> None:
        self.network, self.code, self.scope = network, network.code, scope

    def own(self, *kinds: type) -> list:
        """Nodes of this scope and not of a function within it."""
        here = self.scope if isinstance(self.scope, ast.FunctionDef) else None
        return [
            n for n in self.code.all(*kinds, inside=self.scope) if self.code.function_of(n) is here
        ]

    @cached_property
    def products(self) -> list[tuple[ast.expr, ast.expr, ast.expr]]:
        own = set(self.own(ast.BinOp, ast.Call))
        return [p for node in own for p in matmuls(node) if p[0] is node]

    @cached_property
    def weight_gradients(self) -> list[Product]:
        """Products of an input and a delta, neither of them a weight, in the text's order."""
        found = []
        for node, left, right in self.products:
            logs = any(match(part, "np.log(x_)") for part in ast.walk(node))
            if logs or self.network.is_weight(left) or self.network.is_weight(right):
                continue
            turned = [n for n in (left, right) if is_turned(n) or any(map(is_turned, factors(n)))]
            if len(turned) == 1:
                delta = right if turned[0] is left else left
                found.append(Product(node, delta, turned[0]))
            elif match(node, "np.outer(a_, b_)"):
                first = is_delta_name(left) or not is_delta_name(right)
                found.append(Product(node, *((left, right) if first else (right, left))))
        return sorted(found, key=lambda p: p.node.lineno)

    @cached_property
    def delta_names(self) -> set[str]:
        own = {ast.unparse(p.delta) for p in self.weight_gradients}
        return own or self.network.delta_names

    @cached_property
    def bias_gradients(self) -> list[tuple[ast.expr, ast.expr, dict]]:
        """Sums of a delta over the rows: the node, the delta, how it is summed."""
        found = []
        for node in self.own(ast.Call):
            how = match(node, *SUMS)
            if how and ast.unparse(how["x_"]) in self.delta_names:
                found.append((node, how["x_"], how))
        return found

    @cached_property
    def propagations(self) -> list[Product]:
        """Products of a delta and a weight: the error of the layer below."""
        found = []
        for node, left, right in self.products:
            weight = self.network.weight(left, right)
            delta = right if weight is left else left
            if weight is not None and ast.unparse(delta) in self.delta_names:
                found.append(Product(node, delta, weight))
        return sorted(found, key=lambda p: p.node.lineno)

    def is_product(self, node: ast.expr) -> bool:
        """Whether it is an error that comes back through weights."""
        return any(self.network.weight(left, right) for _, left, right in matmuls(node))

    def assignments(self, name: str) -> list[ast.Assign]:
        """Statements of this scope that give a value to a name or element."""
        return [
            node
            for node in self.own(ast.Assign)
            if any(ast.unparse(target) == name for target in node.targets)
        ]

    @cached_property
    def output_deltas(self) -> list[ast.Assign]:
        """Where a delta is first made, from the prediction and the label."""
        statements = [s for name in sorted(self.delta_names) for s in self.assignments(name)]
        products = {p.node for p in self.propagations}
        found = []
        for statement in statements:
            whole = [*ast.walk(statement.value), *self._behind(statement)]
            if not products & set(whole) and not any(self._is_loop(s) for s in [statement]):
                found.append(statement)
        return sorted(found, key=lambda s: s.lineno)

    def _behind(self, statement: ast.Assign) -> Iterator[ast.AST]:
        """The nodes of what it was computed from, one statement back."""
        for node in ast.walk(statement.value):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                for earlier in self.assignments(node.id):
                    if earlier.lineno < statement.lineno:
                        yield from ast.walk(earlier.value)

    def _is_loop(self, statement: ast.stmt) -> bool:
        """Within a loop over layers, where it is made from itself."""
        names = {ast.unparse(t) for t in statement.targets}
        return any(
            ast.unparse(n) in names for n in ast.walk(statement.value) if isinstance(n, ast.expr)
        )

    @cached_property
    def hidden_deltas(self) -> list[tuple[ast.Assign, Product]]:
        """The statements that hold a propagation, with it."""
        found = []
        for product in self.propagations:
            statement = self.code.statement_of(product.node)
            if isinstance(statement, ast.Assign):
                found.append((statement, product))
        return found

    def error_of(self, statement: ast.Assign) -> tuple[ast.expr, list[ast.expr]] | None:
        """Of `delta = error * slope` the error and the slopes; None where there is no slope."""
        parts = factors(statement.value)
        slopes = [p for p in parts if is_slope(p, parts)]
        errors = [p for p in parts if p not in slopes and not isinstance(p, ast.Constant)]
        return (errors[0], slopes) if len(errors) == 1 and slopes else None


def is_turned(node: ast.expr) -> bool:
    """Transposed: `x.T`, `x.transpose()`, `np.transpose(x)`, a single row as a column."""
    return (
        match(
            node, "x_.T", "x_.transpose()", "np.transpose(x_)", "x_.swapaxes(i_, j_)",
            "x_[:, None]", "x_[:, np.newaxis]",
        )
        is not None
    )  # fmt: skip


def is_delta_name(node: ast.expr) -> bool:
    return bool(re.search(r"^d|delta|err|grad|signal|blame|miss|resid|lam", stem(node)))


def is_slope(node: ast.expr, beside: list[ast.expr]) -> bool:
    """A derivative: a call named so, `a` and `1 - a` beside each other, `1 - a**2`, `z > 0`."""
    from mutations.roles import DERIVATIVE, called

    if isinstance(node, ast.Call) and DERIVATIVE.search(called(node)):
        return not re.search("cost|loss|entropy|error|mse", called(node), re.I)
    if any(k.arg and re.search("deriv", k.arg) for k in getattr(node, "keywords", [])):
        return True
    if match(node, "1 - x_**2", "1 - np.power(x_, 2)", "1 - np.square(x_)", "1 - x_ * x_"):
        return True
    if match(node, "x_ > 0", "(x_ > 0).astype(t_)", "np.where(x_ > 0, i_, j_)"):
        return True
    found = match(node, "1 - x_")
    texts = [ast.unparse(n) for n in beside]
    if found:
        return ast.unparse(found["x_"]) in texts
    return f"1 - {ast.unparse(node)}" in texts or f"1.0 - {ast.unparse(node)}" in texts
