"""An expression of somebody's code as a function of its own, with the statements that lead to it.

What it computes is kept, from NumPy, `math` and plain Python alone; whatever else stands in it, a
product of matrices or a call of another function, becomes a parameter.
"""

from __future__ import annotations

import ast
import copy
import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from helder.glass.check.elementary.file_code import last_name
from helder.glass.check.elementary.loss_calls import role

PREDICTING = re.compile(r"(?i)forward|predict|prob|softmax|feed|output")
MOST_STATEMENTS = 12  # that are followed back
# Of NumPy, `math`, Python and arrays what only computes.
OF_NUMPY = {
    "abs", "absolute", "add", "amax", "amin", "arange", "arctan", "array", "asarray", "average",
    "clip", "cosh", "divide", "exp", "expand_dims", "expm1", "eye", "fabs", "finfo", "float32",
    "float64", "fmax", "fmin", "heaviside", "log", "log10", "log1p", "log2", "logaddexp", "max",
    "maximum", "mean", "min", "minimum", "multiply", "nan_to_num", "negative", "ones_like",
    "power", "ravel", "reciprocal", "reshape", "sign", "sinh", "size", "sqrt", "square",
    "squeeze", "subtract", "sum", "tanh", "transpose", "true_divide", "where", "zeros_like",
}  # fmt: skip
OF_MATH = {
    "exp", "log", "log2", "log10", "log1p", "expm1", "tanh", "sinh", "cosh", "fabs", "pow",
    "sqrt",
}  # fmt: skip
OF_PYTHON = {
    "max", "min", "abs", "sum", "len", "range", "float", "int", "pow", "zip", "enumerate",
}  # fmt: skip
OF_VALUES = {
    "sum", "mean", "max", "min", "clip", "copy", "astype", "reshape", "ravel", "flatten",
    "squeeze", "transpose", "item",
}  # fmt: skip
PRODUCTS = ("dot", "matmul", "einsum", "outer", "inner", "vdot", "tensordot")
PARTS = ("T", "shape", "size", "eps")  # attributes that are computed, not kept
KEPT = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Constant, ast.Tuple, ast.List,
    ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.keyword, ast.Slice, ast.operator,
    ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip


class UnreadableError(Exception):
    """An expression that cannot stand alone."""


@dataclass(frozen=True)
class Slice:
    """An expression as a function.

    Attributes:
        parameters: For each name of the function what it stands for in the code: `{"z": "X @ W"}`.
        body: Its statements, the last a `return`.
    """

    parameters: dict[str, str]
    body: tuple[ast.stmt, ...]

    @property
    def calls(self) -> set[str]:
        """The last names of what it calls: `exp`, `sum`."""
        nodes = (node for line in self.body for node in ast.walk(line))
        return {last_name(node.func) for node in nodes if isinstance(node, ast.Call)}

    def function(self, name: str) -> ast.FunctionDef:
        """As a definition."""
        arguments = ast.arguments([], [ast.arg(p) for p in self.parameters], None, [], [], None, [])
        node = ast.FunctionDef(name, arguments, list(self.body), [], None, None)
        return ast.fix_missing_locations(node)


@dataclass
class Slicer:
    """Follows an expression back through the statements before it.

    Attributes:
        before: The statements that a run meets before it, in their order.
        stops: Says of a variable, by its text, and what it is set to, whether it stays a parameter.
        shared: Names that mean the same in the whole file: numbers of its top level.
        called: What a parameter for a variable would be called.
    """

    before: Sequence[ast.stmt]
    stops: Callable[[str, ast.expr], bool] = lambda name, value: False
    shared: frozenset[str] = frozenset()
    called: Callable[[ast.expr], str] = lambda node: wished(node)
    names: dict[str, str] = field(default_factory=dict)  # text of a variable -> its name here
    needed: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)  # texts that stay parameters

    def of(self, node: ast.expr) -> Slice | None:
        """The expression as a function; None where it cannot stand alone."""
        try:
            result = self.kept(node, frozenset())
            body: list[ast.stmt] = [ast.Return(result)]
            for statement in reversed(self.before):
                if not self.needed or len(body) > MOST_STATEMENTS:
                    break
                body[:0] = self.led_by(statement)
        except UnreadableError:
            return None
        self.settled |= self.needed
        found = {self.names[text]: text for text in self.names if text in self.settled}
        return Slice(found, tuple(body))

    def led_by(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statement as it belongs to the function; a variable that it sets in another way stays
        a parameter."""
        hit = [text for text in stored(statement) if text in self.needed]
        if not hit:
            return []
        target = only_target(statement)
        text = ast.unparse(target) if target is not None else ""
        value = statement.value if isinstance(statement, ast.Assign | ast.AugAssign) else None
        if text not in self.needed or value is None or self.stays(text, statement, value):
            self.needed -= set(hit)
            self.settled |= set(hit)
            return []
        if isinstance(statement, ast.Assign):
            self.needed.discard(text)
        here = ast.Name(self.names[text], ast.Store())
        right = self.kept(value, frozenset())
        if isinstance(statement, ast.AugAssign):
            load = ast.Name(self.names[text], ast.Load())
            right = ast.BinOp(load, statement.op, right)
        return [ast.Assign([here], right)]

    def stays(self, text: str, statement: ast.stmt, value: ast.expr) -> bool:
        if isinstance(statement, ast.AugAssign):
            return is_opaque(value)
        plain = isinstance(value, ast.Name | ast.Attribute | ast.Subscript | ast.Constant)
        return plain or is_opaque(value) or self.stops(text, value)

    def kept(self, node: ast.expr, bound: frozenset[str]) -> ast.expr:
        """The expression with its variables under names of the function."""
        if isinstance(node, ast.Name) and (node.id in bound or node.id in self.shared):
            return node
        if is_constant(node):
            return node
        if is_opaque(node) or isinstance(node, ast.Name):
            return self.variable(node)
        if isinstance(node, ast.Attribute):
            return (
                ast.Attribute(self.kept(node.value, bound), node.attr, ast.Load())
                if node.attr in PARTS
                else self.variable(node)
            )
        if isinstance(node, ast.Subscript):
            value = self.kept(node.value, bound)
            return ast.Subscript(value, self.kept(node.slice, bound), ast.Load())
        if isinstance(node, ast.Call):
            return self.call(node, bound)
        if isinstance(node, ast.ListComp | ast.GeneratorExp):
            inner = {n.id for g in node.generators for n in ast.walk(g.target) if hasattr(n, "id")}
            bound = bound | inner
        if not isinstance(node, KEPT):
            raise UnreadableError
        return self.copied(node, bound)

    def copied(self, node: ast.AST, bound: frozenset[str]):  # type: ignore[no-untyped-def]
        """A node of which all parts are kept."""
        if isinstance(node, ast.expr_context | ast.operator | ast.unaryop | ast.boolop | ast.cmpop):
            return node
        made = copy.copy(node)
        for name, value in ast.iter_fields(node):
            parts = value if isinstance(value, list) else [value]
            new = [
                self.kept(part, bound)
                if isinstance(part, ast.expr)
                else self.copied(part, bound)
                if isinstance(part, ast.AST)
                else part
                for part in parts
            ]
            setattr(made, name, new if isinstance(value, list) else new[0])
        return made

    def call(self, node: ast.Call, bound: frozenset[str]) -> ast.expr:
        made = copy.copy(node)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if owner is not None and not is_library(owner):
            made.func = ast.Attribute(self.kept(owner, bound), last_name(node.func), ast.Load())
        made.args = [self.kept(argument, bound) for argument in node.args]
        made.keywords = [ast.keyword(k.arg, self.kept(k.value, bound)) for k in node.keywords]
        return made

    def variable(self, node: ast.expr) -> ast.expr:
        """A parameter, or what an earlier statement sets."""
        text = ast.unparse(node)
        if text in self.settled and text not in self.needed and self.names.get(text):
            return ast.Name(self.names[text], ast.Load())
        if text not in self.names:
            wish = self.called(node)
            taken = set(self.names.values()) | set(OF_PYTHON)
            ways = (wish, *(f"{wish}_{number}" for number in range(2, 99)))
            self.names[text] = next(way for way in ways if way not in taken)
        self.needed.add(text)
        return ast.Name(self.names[text], ast.Load())


def wished(node: ast.expr) -> str:
    """What a parameter would be called: the last name in it, `p` for what a forward pass gives."""
    if counted(node) is not None:
        return "m"
    if isinstance(node, ast.Call):
        return "p" if PREDICTING.search(last_name(node.func)) else "z"
    name = last_name(node)
    return name if name.isidentifier() else "z"


@functools.lru_cache(maxsize=4096)  # each expression asks the statements before it again
def stored(statement: ast.stmt) -> frozenset[str]:
    """The texts of the variables that a statement, or one within it, sets or changes."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(ast.unparse(node))
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            found |= {ast.unparse(node), ast.unparse(node.value)}
    return frozenset(found)


def only_target(statement: ast.stmt) -> ast.expr | None:
    """The one name or attribute that an assignment sets."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AugAssign):
        target = statement.target
    else:
        return None
    return target if isinstance(target, ast.Name | ast.Attribute) else None


def is_library(node: ast.expr) -> bool:
    """`np`, `numpy`, `math`."""
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")


def is_constant(node: ast.expr) -> bool:
    """A number, or one of a library: `np.newaxis`, `math.e`."""
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.Attribute) and is_library(node.value)
    )


def is_opaque(node: ast.expr) -> bool:
    """What is a parameter as a whole: a product of matrices and what is added, another call."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.MatMult):
            return not has_logarithm(node)
        if isinstance(node.op, ast.Add | ast.Sub):
            return any(is_product(part) for part in (node.left, node.right))
        return False
    if counted(node) is not None:
        return True
    if isinstance(node, ast.Call):
        return not is_known_call(node) and not (is_product(node) is False and has_logarithm(node))
    if isinstance(node, ast.Subscript):
        return not is_computed_place(node)
    return False


def counted(node: ast.expr) -> ast.expr | None:
    """Of `len(X)` and `X.shape[0]` X, where it is neither probabilities nor labels: a count."""
    of = None
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "len" and len(node.args) == 1:
        of = node.args[0]
    elif isinstance(node, ast.Subscript) and last_name(node.value) == "shape":
        of = node.value.value if isinstance(node.value, ast.Attribute) else None
    simple = isinstance(of, ast.Name | ast.Attribute)
    return of if simple and of is not None and role(last_name(of)) not in ("p", "y") else None


def is_product(node: ast.expr) -> bool:
    """A product of matrices, or a sum with one."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return is_product(node.left) or is_product(node.right)
    product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
    product = product or (isinstance(node, ast.Call) and last_name(node.func) in PRODUCTS)
    return product and not has_logarithm(node)


def has_product(node: ast.expr) -> bool:
    return any(is_product(part) for part in ast.walk(node) if isinstance(part, ast.expr))


def has_logarithm(node: ast.expr) -> bool:
    return any(
        isinstance(part, ast.Call) and last_name(part.func).startswith("log")
        for part in ast.walk(node)
    )


def is_known_call(node: ast.Call) -> bool:
    """A call of NumPy, `math` or plain Python that only computes."""
    name = last_name(node.func)
    if isinstance(node.func, ast.Name):
        return name in OF_PYTHON
    if not isinstance(node.func, ast.Attribute):
        return False
    owner = node.func.value
    if is_library(owner):
        logarithms = name in PRODUCTS[:3] and has_logarithm(node)
        return logarithms or name in (OF_MATH if ast.unparse(owner) == "math" else OF_NUMPY)
    return name in OF_VALUES or (name == "dot" and has_logarithm(node))


def is_computed_place(node: ast.Subscript) -> bool:
    """`z[:, None]`, `p[range(m), y]`, `p[label]`, `X.shape[0]`: not the place of a variable."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if last_name(node.value) == "shape" and isinstance(node.slice, ast.Constant):
        return True
    for part in parts:
        counted = isinstance(part, ast.Call) and last_name(part.func) in ("range", "arange")
        new = (isinstance(part, ast.Constant) and part.value is None) or (
            last_name(part) == "newaxis"
        )
        label = isinstance(part, ast.Name | ast.Attribute) and role(last_name(part)) == "y"
        if counted or new or label:
            return True
    return False
