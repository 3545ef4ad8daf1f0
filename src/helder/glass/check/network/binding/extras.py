"""What somebody's functions want beside rows and parameters: settings, the name of a loss."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from helder.glass.check.elementary.choices import options
from helder.glass.check.network.binding.calls import role_of
from helder.glass.check.network.binding.code import Code
from helder.glass.check.network.binding.constructing import generator
from helder.glass.check.network.binding.held import within
from helder.glass.check.network.binding.parameters import arrays_in
from helder.glass.check.network.binding.templates import Template, UnknownError, calls_of
from helder.glass.check.network.roles import size_role
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.session import Named

FACTOR = 0.5  # for what other things are multiplied by, where nothing says more
LIKELY = ("softmax", "categorical", "cross", "ce", "relu", "tanh", "sigmoid", "sgd", "mse")


def extras(code: Code) -> dict[str, Any]:
    """A value for each parameter that must be given and whose name says nothing to us.

    It is what the file's own calls give, where that holds no arrays, else a text that the function
    compares it with or looks up with it, else what the function that it is handed on to takes, else
    some number, where other things are multiplied by it.
    """
    found: dict[str, Any] = {}
    for definition in code.functions:
        for parameter in definition.parameters:
            if parameter.name in found or parameter.kind != "positional":
                continue
            if parameter.default is not None or size_role(parameter.name) is not None:
                continue
            if role_of(parameter) is not None:
                made = generator(code.session, parameter.name)
                found |= {} if made is None else {parameter.name: made}
                continue
            for value in at_calls(definition, parameter, code):
                found[parameter.name] = value
                break
            else:
                texts = texts_for(definition, parameter, code)
                if texts:
                    found[parameter.name] = texts[0]
    for definition in code.functions:
        for name in open_in(definition, found):
            known = [found[other] for other in taken_as(definition, name, code) if other in found]
            if known:
                found[name] = known[0]
            elif is_factor(definition, name):
                found[name] = FACTOR
    return found


def open_in(definition: Definition, found: Mapping[str, Any]) -> list[str]:
    """The parameters of a function that must be given and that nothing is known of."""
    return [
        p.name
        for p in definition.parameters
        if p.kind == "positional" and p.default is None and p.name not in found
        if role_of(p) is None and size_role(p.name) is None
    ]


def taken_as(definition: Definition, name: str, code: Code) -> Iterator[str]:
    """What functions of the file call a parameter that one hands on to them."""
    functions = {other.name: other for other in code.functions}
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in functions:
            order = [p.name for p in functions[ast.unparse(node.func)].parameters]
            given = [*zip(order, node.args, strict=False)]
            given += [(word.arg, word.value) for word in node.keywords if word.arg]
            yield from (o for o, v in given if isinstance(v, ast.Name) and v.id == name)


def is_factor(definition: Definition, name: str) -> bool:
    """Whether a function of rows multiplies by a parameter: `h + scale * step`."""
    if "X" not in map(role_of, definition.parameters):
        return False
    products = [
        node
        for node in ast.walk(definition.node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
    ]
    sides = [side for node in products for side in (node.left, node.right)]
    return any(isinstance(side, ast.Name) and side.id == name for side in sides)


def at_calls(definition: Definition, parameter: Parameter, code: Code) -> Iterator[Any]:
    """What the file's own calls give for a parameter, where we can make it."""
    place = [p.name for p in definition.parameters].index(parameter.name)
    for node, names in calls_of(definition, code.trees):
        named = next((k.value for k in node.keywords if k.arg == parameter.name), None)
        expression = named or (node.args[place] if place < len(node.args) else None)
        if expression is None:
            continue
        try:
            value = Template(code.definitions, code.session, names).value(
                expression, parameter.name
            )
        except UnknownError:
            continue
        if isinstance(value, Named):
            value = code.session.read(value.name).value
        if value is not None and not arrays_in(within(code.session, value)):
            yield value


def texts_for(definition: Definition, parameter: Parameter, code: Code) -> list[str]:
    """The texts among which a parameter chooses, the likeliest first."""
    found = set(options(definition, code.definitions).get(parameter.name, ()))
    for node in ast.walk(definition.node):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and ast.unparse(node.slice) == parameter.name
        ):
            table = code.session.read(node.value.id).value
            found |= (
                {key for key in table if isinstance(key, str)} if isinstance(table, dict) else set()
            )
    return sorted(found, key=lambda text: (rank(text), text))


def rank(text: str) -> tuple[bool, int]:
    """How well a text fits a network for classes."""
    plain = text.lower()
    at = next((at for at, word in enumerate(LIKELY) if word in plain), len(LIKELY))
    return "bin" in plain, at
