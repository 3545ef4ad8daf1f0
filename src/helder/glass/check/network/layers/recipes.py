"""How layer objects may be made: which of their parameters are sizes, and which activations."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from helder.glass.check.network import roles
from helder.glass.check.network.binding.constructing import other_value
from helder.glass.check.network.layers.layer import IN, OUT, Recipe
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.session import Named, Session

OF_ACTIVATION = re.compile(r"act|func|fn|non_?lin|transfer|squash|^[fg]$", re.IGNORECASE)
OF_SLOPE = re.compile(r"prime|deriv|grad|^d_?[af]|slope|diff", re.IGNORECASE)
WORDS = (
    "sigmoid", "tanh", "relu", "leaky_relu", "leakyrelu", "lrelu", "elu", "softplus", "swish",
    "silu", "gelu", "linear", "identity", "softmax", "logistic",
)  # fmt: skip
MOST_LABELS = 6


def plain_recipes(
    owner: Definition,
    session: Session,
    definitions: Sequence[Definition],
    bare: Sequence[Recipe],
) -> Iterator[Recipe]:
    """The ways to make a layer that may work: with sizes, with each activation.

    Args:
        owner: Its class.
        session: Where the file is loaded.
        definitions: What it defines.
        bare: The layers without weights, which another may hold as its activation.
    """
    wanted = [p for p in owner.parameters if p.kind in ("positional", "keyword")]
    bends = [p for p in wanted if is_activation(p)]
    free = [p for p in wanted if p not in bends and p.default is None]
    for sizes in size_ways(free):
        rest: dict[str, Any] = dict(sizes)
        for p in free:
            if p.name not in rest:
                value, _ = other_value(p, session)
                rest[p.name] = value
        for label, bent in bending(bends, owner, definitions, bare):
            yield Recipe(owner, tuple((rest | bent).items()), label)


def is_activation(parameter: Parameter) -> bool:
    """Whether a parameter wants an activation or its slope."""
    name = parameter.name
    return bool(OF_ACTIVATION.search(name) or OF_SLOPE.search(name))


def size_ways(parameters: Sequence[Parameter]) -> list[dict[str, Any]]:
    """Which parameters are the sizes: by their names, else the first two, in either order.

    A layer that wants one size gives as many numbers as it takes.
    """
    said = {p.name: roles.size_role(p.name) for p in parameters}
    ins = [name for name, what in said.items() if what == "n_in"]
    outs = [name for name, what in said.items() if what in ("n_out", "n_hidden")]
    names = [p.name for p in parameters if roles.role(p.name) not in ("rate", "seed")]
    if len(ins) == len(outs) == 1:
        return [{ins[0]: IN, outs[0]: OUT}]
    if len(names) >= 2:
        return [{names[0]: IN, names[1]: OUT}, {names[0]: OUT, names[1]: IN}]
    return [{}, {names[0]: IN}] if names else [{}]


def bending(
    wanted: Sequence[Parameter],
    owner: Definition,
    definitions: Sequence[Definition],
    bare: Sequence[Recipe],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each activation that the file offers its name, and the arguments that choose it.

    A class that compares with texts wants one, whatever functions there are of that name.
    """
    if not wanted:
        yield "", {}
        return
    slopes = [p.name for p in wanted if OF_SLOPE.search(p.name)]
    bents = [p.name for p in wanted if p.name not in slopes]
    by_text = not slopes and len(bents) == 1
    for word in words_in([owner])[:MOST_LABELS] if by_text else ():
        yield word, {bents[0]: word}
    functions = [d for d in definitions if d.kind in ("function", "static")]
    count = 0
    for function in functions:
        pair = slope_named(function, functions)
        if not bents or not is_word(function.name) or (slopes and pair is None):
            continue
        chosen: dict[str, Any] = {name: Named(function.path) for name in bents}
        chosen |= {name: Named(pair.path) for name in slopes if pair is not None}
        yield function.name, chosen
        count += 1
        if count >= MOST_LABELS:
            return
    if not by_text:
        return
    for other in bare:
        if other.owner is not owner:
            yield other.name, {bents[0]: other}
    others = [d for d in definitions if d.kind in ("function", "class")]
    for word in words_in(others)[:MOST_LABELS]:
        yield word, {bents[0]: word}
    if wanted[0].default is not None:
        yield "", {}


def is_word(name: str) -> bool:
    """Whether a function's name is that of an activation."""
    return roles.plain(name) in {roles.plain(word) for word in WORDS}


def slope_named(function: Definition, functions: Sequence[Definition]) -> Definition | None:
    """The function whose name says that it is the slope of this one."""
    own = roles.plain(function.name)
    for other in functions:
        name = roles.plain(other.name)
        rest = name.replace(own, "", 1)
        if own in name and re.fullmatch(r"(d|prime|deriv\w*|grad\w*|backward|der)", rest):
            return other
    return None


def words_in(definitions: Sequence[Definition]) -> list[str]:
    """The names of activations that stand as texts in these definitions."""
    texts = [
        node.value
        for definition in definitions
        for node in ast.walk(definition.node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return [text for text in dict.fromkeys(texts) if is_word(text)]
