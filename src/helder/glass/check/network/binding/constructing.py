"""What somebody's network is made with: sizes that we choose, and what else it wants."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from helder.glass.check.network import roles
from helder.glass.check.network.binding.calls import CONSTANTS, like_default
from helder.glass.check.network.binding.formats import BATCHES, Data, Format, random_data
from helder.glass.check.network.binding.sizing import (
    NUMBER,
    kept_as,
    size_roles,
    takers_of,
    uses,
    weights_for,
)
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.session import Outcome, Session


@dataclass(frozen=True)
class Wish:
    """The network that we would like to look at.

    Attributes:
        inputs: How many numbers a row has.
        hidden: The sizes of the hidden layers, where there may be two.
        outputs: How many classes.
        options: Arguments of the constructor by name, such as an activation.
    """

    inputs: int = 4
    hidden: tuple[int, ...] = (5, 7)
    outputs: int = 3
    options: dict[str, Any] = field(default_factory=dict)


UNKNOWN = 0.1  # for what no name and no use says anything of: most often a scale or a mean
DISTINCT = Wish()  # no size twice, so that a transpose cannot hide


def all_constructions(
    session: Session, owner: Definition, wish: Wish
) -> Iterator[tuple[dict[str, Any], Format | None, Data | None]]:
    """The arguments of a constructor; with the rows that it takes, where it takes them."""
    said = data_roles(owner)
    if "Y" not in said.values() or "X" not in said.values():
        for arguments in constructions(owner, session, wish):
            yield arguments, None, None
        return
    for data in (random_data(wish.inputs, wish.outputs), random_data(wish.inputs, 1)):
        for form in BATCHES[:6]:
            x, y = form.give(data)
            for arguments in constructions(owner, session, wish):
                given = {n: x if r == "X" else y for n, r in said.items() if r in ("X", "Y")}
                yield arguments | given, form, data
                break


def data_roles(owner: Definition) -> dict[str, str | None]:
    """What each parameter of a constructor is for; rows and targets are those that have a shape."""
    said = {p.name: roles.role(p.name) for p in owner.parameters}
    missing = [what for what in ("X", "Y") if what not in said.values()]
    shaped = [
        name for name, what in said.items() if what not in ("X", "Y") and has_shape(owner, name)
    ]
    return said | dict(zip(shaped, missing, strict=True)) if len(shaped) == len(missing) else said


def has_shape(owner: Definition, name: str) -> bool:
    """Whether the code asks for the shape of a parameter: `inputs.shape[1]`."""
    called = {name, *kept_as(owner.node, name)}
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "shape"
        and ast.unparse(node.value) in called
        for place in takers_of(owner.node, name)
        for node in ast.walk(place)
    )


def made_with(session: Session, definition: Definition, arguments: dict[str, Any]) -> Outcome:
    """What a call with these arguments gives, by name; those of `*sizes` are handed on singly."""
    kinds = {p.name: p.kind for p in definition.parameters}
    rest = next((name for name in arguments if kinds.get(name) == "args"), None)
    if rest is None:
        return session.call(definition.path, **arguments)
    before = list(kinds)[: list(kinds).index(rest)]
    singly = [*(arguments[name] for name in before if name in arguments), *arguments[rest]]
    named = {n: v for n, v in arguments.items() if n != rest and n not in before}
    return session.call(definition.path, *singly, **named)


def constructions(owner: Definition, session: Session, wish: Wish) -> Iterator[dict[str, Any]]:
    """The arguments with which an instance may be made."""
    several = [p for p in owner.parameters if p.kind == "args" and roles.size_role(p.name)]
    parameters = [p for p in owner.parameters if p.kind in ("positional", "keyword")] + several
    used = uses(owner)
    said = size_roles(owner, used)
    ends = {"n_in", "n_out"} & set(said.values())
    for number, hidden in enumerate((wish.hidden, wish.hidden[:1])):
        handed = weights_for(owner, used, (wish.inputs, *hidden, wish.outputs))
        for as_list in (True, False):
            arguments: dict[str, Any] = dict(handed)
            at = 0
            for p in parameters:
                if p.name in handed:
                    continue
                what = said[p.name]
                many = as_list and used.get(p.name) != NUMBER
                several_of_it = p.kind == "args" or wants_list(p, many)
                value = size_value(what, wish, hidden, several_of_it, bool(ends), at)
                at += what == "n_hidden"
                if value is None:
                    value, needed = other_value(p, session)
                    if value is None and not needed:
                        continue
                arguments[p.name] = value
            if all(isinstance(arguments.get(p.name), list) for p in several):
                yield arguments | {n: v for n, v in wish.options.items() if n in said}
        if number == 0 and not parameters:
            return
    yield from by_position(parameters, wish)


def by_position(parameters: Sequence[Parameter], wish: Wish) -> Iterator[dict[str, Any]]:
    """Sizes for what must be given where no name says that it is one: in their order."""
    wanted = [p.name for p in parameters if p.default is None and p.kind == "positional"]
    if any(roles.role(name) or roles.size_role(name) for name in wanted):
        return
    if len(wanted) == 1:
        yield {wanted[0]: [wish.inputs, *wish.hidden, wish.outputs]}
    elif len(wanted) in (2, 3, 4):
        between = wish.hidden[: len(wanted) - 2]
        yield dict(zip(wanted, (wish.inputs, *between, wish.outputs), strict=True))


def wants_list(parameter: Parameter, otherwise: bool) -> bool:
    """Whether a size is a list: as its default is, where it has one."""
    if parameter.default is None:
        return otherwise
    return parameter.default.startswith(("[", "("))


def size_value(
    what: str | None, wish: Wish, hidden: tuple[int, ...], as_list: bool, ends: bool, at: int
) -> Any:
    """A size for a parameter that wants one."""
    if what == "n_in":
        return wish.inputs
    if what == "n_out":
        return wish.outputs
    if what == "n_hidden":
        return list(hidden) if as_list else wish.hidden[min(at, len(wish.hidden) - 1)]
    if what == "sizes":
        if not as_list:
            return hidden[0]
        return list(hidden) if ends else [wish.inputs, *hidden, wish.outputs]
    return None


def other_value(parameter: Parameter, session: Session) -> tuple[Any, bool]:
    """A value for a parameter that is not about sizes, and whether it must have one."""
    what = roles.role(parameter.name)
    needed = parameter.default is None
    if what in CONSTANTS and what not in ("seed", "none", "test"):
        return like_default(CONSTANTS[what], parameter.default), needed
    if not needed:
        return None, False
    if what == "seed":
        made = generator(session, parameter.name)
        if made is not None:
            return made, True
    named = {"rate": 0.1, "batch": 6, "rows": 6, "seed": 0}
    if what in named:
        return named[what], True
    name = roles.plain(parameter.name)
    if "activ" in name:
        return "sigmoid", True
    return (None if roles.NO_SIZES.search(parameter.name) else UNKNOWN), True


def generator(session: Session, name: str) -> Any:
    """A generator of random numbers, where a name says that one is wanted, not a seed."""
    if roles.role(name) != "seed" or roles.plain(name).endswith("seed"):
        return None
    made = (session.call(f"{module}.random.default_rng", 0).value for module in ("np", "numpy"))
    return next((one for one in made if one is not None), None)
