"""Mistakes in derivatives of activations, in their own function and where they are called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from mutations.code import Code, Edit, together
from mutations.conventions import convention, names_of, slopes
from mutations.network import Network
from mutations.operators import operator, returned
from mutations.pattern import match
from mutations.roles import DERIVATIVE, KINDS, called, is_reference, kind_of, matmuls, stem

DERIVATIVES = ("relu derivative", "sigmoid derivative", "tanh derivative", "leaky derivative")
SQUARE_OF = ("1 - x_**2", "1 - np.power(x_, 2)", "1 - np.square(x_)", "1 - x_ * x_")


def is_slope_place(code: Code, node: ast.AST) -> bool:
    """In a derivative, in a table of functions, or where gradients of weights are made."""
    function = code.function_of(node)
    if any(isinstance(n, ast.Lambda) for n in code.above(node)):
        return True
    if function is not None and DERIVATIVE.search(function.name):
        return True
    if function is not None and re.search("deriv", ast.unparse(function.args)):
        return True
    scopes = [p.scope for p in Network(code).passes]
    return (function or code.tree) in scopes


def logistic_slopes(code: Code) -> Iterator[tuple[ast.BinOp, dict]]:
    """Every `s * (1 - s)`, in a function or in the middle of a product."""
    for node in code.all(ast.BinOp):
        found = match(node, "x_ * (1 - x_)", "(e_ * x_) * (1 - x_)")
        if found and is_slope_place(code, node):
            yield node, found


def square_slopes(code: Code) -> Iterator[tuple[ast.BinOp, dict]]:
    """Every `1 - a**2`."""
    for node in code.all(ast.BinOp):
        found = match(node, *SQUARE_OF)
        if found and is_slope_place(code, node):
            yield node, found


@operator("derivative-formula", "s * (1 + s)")
def logistic_slope_plus(code: Code) -> Iterator[Edit]:
    for node, found in logistic_slopes(code):
        s = code.text(found["x_"])
        yield code.put(node.right, f"1 + {s}")


@operator("derivative-formula", "1 - s")
def logistic_slope_without_factor(code: Code) -> Iterator[Edit]:
    for node, found in logistic_slopes(code):
        left = code.text(found["e_"]) + " * " if "e_" in found else ""
        left = (
            f"({code.text(found['e_'])}) * "
            if left and isinstance(found["e_"], ast.BinOp)
            else left
        )
        right = f"1 - {code.text(found['x_'])}"
        yield code.put(node, f"{left}({right})" if left else right)


@operator("derivative-formula", "1 + a**2")
def tanh_slope_plus(code: Code) -> Iterator[Edit]:
    for node, _ in square_slopes(code):
        yield code.put(node, f"1 + {code.text(node.right)}")


@operator("derivative-formula", "1 - a, no square")
def tanh_slope_without_square(code: Code) -> Iterator[Edit]:
    for node, found in square_slopes(code):
        yield code.put(node.right, code.text(found["x_"]))


@operator("derivative-formula", "the square of 1 + exp(-x) lost", "values")
def logistic_slope_without_square(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.BinOp):
        if match(node, "np.exp(-x_) / (1 + np.exp(-x_))**2"):
            yield code.put(node.right, code.text(node.right.left))


@operator("derivative-formula", "the wrong side of zero", "values")
def relu_slope_of_negative(code: Code) -> Iterator[Edit]:
    for function in (f for f in code.functions if kind_of(code, f) == "relu derivative"):
        compares = zero_compares(code, function)
        turned = {ast.Gt: "<", ast.GtE: "<=", ast.Lt: ">", ast.LtE: ">="}
        if len(compares) == 1:
            node = compares[0]
            yield code.put(node, f"{code.text(node.left)} {turned[type(node.ops[0])]} 0")


@operator("derivative-formula", "slope below zero with the other sign", "values")
def leaky_slope_negative(code: Code) -> Iterator[Edit]:
    for node in code.all(ast.Call):
        found = match(node, "np.where(x_ > 0, 1, s_)", "np.where(x_ >= 0, 1, s_)")
        if found and match(found["s_"], "0") is None:
            yield code.put(found["s_"], f"-{code.text(found['s_'])}")


def zero_compares(code: Code, inside: ast.AST) -> list[ast.Compare]:
    """Comparisons with 0 that look like a mask: `z > 0`, `z <= 0`."""
    return [
        node
        for node in code.all(ast.Compare, inside=inside)
        if match(node, "x_ > 0", "x_ >= 0", "x_ < 0", "x_ <= 0")
        and is_reference(node.left)
        and not re.search(
            r"lambda|l2|reg|decay|epoch|drop|beta|mom|^i$|^l$|^k$|step", stem(node.left)
        )
    ]


def is_bounded(code: Code, compare: ast.Compare) -> bool:
    """Of `np.where(x > 0, 1, np.exp(np.minimum(x, 0)))`: above 0 both are 1, from wherever on."""
    outer = code.parent[compare]
    return isinstance(outer, ast.Call) and any(
        called(part) == "minimum" for other in outer.args for part in ast.walk(other)
    )


def relu_masks(code: Code) -> Iterator[list[ast.Compare]]:
    """The comparisons of each relu derivative; of each backward function that masks inline."""
    for function in code.functions:
        kind = kind_of(code, function)
        inline = (not kind and DERIVATIVE.search(function.name)) or "back" in function.name.lower()
        if kind == "relu derivative" or inline:
            compares = zero_compares(code, function)
            branches = {n.test for n in code.all(ast.If, inside=function)}
            compares = [c for c in compares if kind or c not in branches]
            compares = [c for c in compares if not is_bounded(code, c)]
            if compares and (kind or len(compares) == 1):
                yield compares


@operator("relu-slope-threshold", "above 1")
def relu_slope_above_one(code: Code) -> Iterator[Edit]:
    for compares in relu_masks(code):
        yield together([code.put(c.comparators[0], "1") for c in compares])


@operator("relu-slope-threshold", "above 0.5")
def relu_slope_above_half(code: Code) -> Iterator[Edit]:
    for compares in relu_masks(code):
        yield together([code.put(c.comparators[0], "0.5") for c in compares])


FORMULAS = {
    "sigmoid derivative": {
        "a": "{x} * (1 - {x})",
        "z": "1 / (1 + np.exp(-{x})) * (1 - 1 / (1 + np.exp(-{x})))",
    },
    "tanh derivative": {"a": "1 - {x} ** 2", "z": "1 - np.tanh({x}) ** 2"},
    "relu derivative": {"a": "({x} > 0) * 1.0", "z": "({x} > 0) * 1.0"},
}  # fmt: skip


def given_to(code: Code, function: ast.FunctionDef) -> str | None:
    """`z` or `a`; `z` for relu, which does not care."""
    if kind_of(code, function) == "relu derivative":
        return "z"
    found = convention(code, function)
    return found[1] if found else None


@operator("derivative-of-another-activation", "the body of another", "values")
def body_of_another(code: Code) -> Iterator[Edit]:
    for function in code.functions:
        kind, values, names = kind_of(code, function), returned(code, function), names_of(function)
        if kind not in FORMULAS or len(values) != 1 or len(names) != 1:
            continue
        given = given_to(code, function)
        for other in FORMULAS if given else ():
            if other != kind:
                yield code.put(values[0], FORMULAS[other][given].format(x=names[0]))


@operator("derivative-of-another-activation", "another called")
def call_of_another(code: Code) -> Iterator[Edit]:
    known = {f.name: f for f in code.functions if kind_of(code, f) in DERIVATIVES}
    kinds = {name: kind_of(code, f) for name, f in known.items()}
    given = {name: given_to(code, f) for name, f in known.items()}
    for node in code.all(ast.Call):
        name = called(node)
        if name not in known or code.function_of(node) is known[name]:
            continue
        for other in known:
            alike = len(names_of(known[other])) == len(names_of(known[name])) == len(node.args)
            same = given[name] == given[other] or "relu derivative" in (kinds[name], kinds[other])
            if kinds[name] != kinds[other] and alike and same and given[other]:
                yield code.put(node.func, code.text(node.func)[: -len(name)] + other)


def table_entries(code: Code) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Derivatives in a table of activations, each with that of another row."""
    values = {stem(n.targets[0]) for n in code.all(ast.Assign) if isinstance(n.value, ast.BinOp)}
    for table in code.all(ast.Dict):
        found = []
        for value in table.values:
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
            found += [
                p
                for p in parts
                if isinstance(p, ast.Name | ast.Attribute) and DERIVATIVE.search(stem(p))
                if stem(p) not in values  # a gradient, and no derivative that is called
            ]
        for one in found:
            for other in found:
                if one is not other:
                    yield one, other


@operator("derivative-of-another-activation", "another in the table (option)", "none")
def table_of_another(code: Code) -> Iterator[Edit]:
    for one, other in table_entries(code):
        if ast.unparse(one) != ast.unparse(other):
            yield code.put(one, code.text(other))


def pairs(code: Code) -> dict[str, str]:
    """Which name holds `a` for each that holds `z`, from `a = f(z)` and from lists filled so."""
    found: dict[str, str] = {}
    for node in code.all(ast.Assign):
        target, value = node.targets[0], node.value
        if isinstance(value, ast.Call) and len(value.args) == 1 and is_reference(target):
            name, argument = called(value), value.args[0]
            known = any(KINDS[k].search(name) for k in ("relu", "leaky", "sigmoid", "tanh"))
            known = known or bool(re.search(r"^(act|activ|g$|f$|phi|transfer)", name))
            if known and not DERIVATIVE.search(name) and is_reference(argument):
                found.setdefault(stem(argument), stem(target))
    for node in code.all(ast.Call):
        filled = match(node, "x_.append(v_)")
        if filled and stem(filled["v_"]) in found:
            value = found[stem(filled["v_"])]
            holders = [
                stem(n["x_"])
                for n in (match(c, "x_.append(v_)") for c in code.all(ast.Call))
                if n and stem(n["v_"]) == value
            ]
            if holders:
                found.setdefault(stem(filled["x_"]), holders[0])
    return {z: a for z, a in found.items() if z and a and z != a}


def swapped(code: Code, reference: ast.expr, new: str) -> str | None:
    """The text of a reference with its telling name exchanged, where that name is to be had."""
    scope = code.scope_of(reference)
    match reference:
        case ast.Name():
            here = {n.id for n in code.all(ast.Name, inside=scope)}
            here |= {a.arg for a in getattr(getattr(scope, "args", None), "args", [])}
            return new if new in here else None
        case ast.Attribute(value=value):
            stored = {n.attr for n in code.all(ast.Attribute) if isinstance(n.ctx, ast.Store)}
            return f"{code.text(value)}.{new}" if new in stored else None
        case ast.Subscript(value=value, slice=ast.Constant(value=str())):
            keys = {n.value for n in code.all(ast.Constant)}
            return f"{code.text(value)}[{new!r}]" if new in keys else None
        case ast.Subscript(value=value, slice=index):
            other = swapped(code, value, new)
            text = code.text(index)
            step = "" if text.startswith("-") or isinstance(index, ast.Slice) else " + 1"
            if step and not _starts_with_input(code, new):
                step = ""
            return None if other is None else f"{other}[{text}{step}]"
    return None


def _starts_with_input(code: Code, name: str) -> bool:
    """Whether a list of activations holds the input in front."""
    for node in code.all(ast.Assign):
        if any(stem(t) == name for t in node.targets) and isinstance(node.value, ast.List):
            return len(node.value.elts) == 1
    return False


def _argument(code: Code, node: ast.expr) -> ast.expr:
    """The reference that an argument holds; behind a name that was just set, what it was set to."""
    scope = code.scope_of(node)
    if isinstance(node, ast.Name):
        for earlier in code.all(ast.Assign, inside=scope):
            if ast.unparse(earlier.targets[0]) == node.id and isinstance(
                earlier.value, ast.Subscript
            ):
                return earlier.value
    return node


def exchanged(code: Code, given: str, known: dict[str, str]) -> Iterator[Edit]:
    """Calls of derivatives that expect one of `z` and `a`, with the other."""
    for slope in slopes(code):
        reference = _argument(code, slope.argument)
        new = (
            swapped(code, reference, known.get(stem(reference), ""))
            if slope.given == given
            else None
        )
        if new:
            yield replace(code.put(slope.argument, new), option=slope.option)


@operator("derivative-z-given-a", "a for z")
def z_given_a(code: Code) -> Iterator[Edit]:
    yield from exchanged(code, "z", pairs(code))


@operator("derivative-a-given-z", "z for a")
def a_given_z(code: Code) -> Iterator[Edit]:
    yield from exchanged(code, "a", {a: z for z, a in pairs(code).items()})


def bodies(code: Code) -> Iterator[tuple[ast.expr, str, str, str]]:
    """What derivatives that are used return: with kind, `z` or `a`, and the parameter."""
    used = {called(node) for node in code.all(ast.Call)} | {
        stem(n) for n in code.all(ast.Attribute)
    }
    for function in code.functions:
        if not DERIVATIVE.search(function.name) or function.name not in used:
            continue
        for value in returned(code, function):
            names = names_of(function)
            for kind, patterns in BODIES.items():
                found = match(value, *patterns)
                if found and len(names) >= 1:
                    inner = ast.unparse(found["x_"])
                    yield value, kind, "a" if inner == names[0] else "z", names[0]


BODIES = {"sigmoid derivative": ("x_ * (1 - x_)",), "tanh derivative": SQUARE_OF}


@operator("derivative-z-given-a", "its body as of z, given a", "values")
def body_as_of_z(code: Code) -> Iterator[Edit]:
    for value, kind, given, name in bodies(code):
        if given == "a":
            yield code.put(value, FORMULAS[kind]["z"].format(x=name))


@operator("derivative-a-given-z", "its body as of a, given z", "values")
def body_as_of_a(code: Code) -> Iterator[Edit]:
    for value, kind, given, name in bodies(code):
        if given == "z" and not ast.unparse(value).startswith("1 / "):
            yield code.put(value, FORMULAS[kind]["a"].format(x=name))


@operator("derivative-a-given-z", "z for a, inline")
def inline_a_given_z(code: Code) -> Iterator[Edit]:
    known = {a: z for z, a in pairs(code).items()}
    for node, found in (*logistic_slopes(code), *square_slopes(code)):
        a, function = found["x_"], code.function_of(node)
        products = function is None or any(True for _ in matmuls(function))
        if not products or (function is not None and kind_of(code, function)):
            continue
        new = swapped(code, a, known.get(stem(a), "")) if is_reference(a) else None
        if new:
            same = [
                n
                for n in ast.walk(node)
                if isinstance(n, ast.expr) and ast.unparse(n) == ast.unparse(a)
            ]
            yield together([code.put(n, new) for n in same])
