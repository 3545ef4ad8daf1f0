"""The ways in which somebody's definitions may make up a network, each to be proved by a step."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helder.glass.check.definitions import Definition
from helder.glass.check.network import roles
from helder.glass.check.network.calls import (
    flattened,
    named_results,
    targets_of,
)
from helder.glass.check.network.constructing import (
    DISTINCT,
    Wish,
    all_constructions,
    constructions,
    made_with,
)
from helder.glass.check.network.filling import filled
from helder.glass.check.network.flat import flat_roots
from helder.glass.check.network.formats import BATCHES, Data, Format, random_data
from helder.glass.check.network.gathering import STAR, gathered
from helder.glass.check.network.parameters import (
    NO_SLOTS,
    Slots,
    arrays_in,
    find_slots,
    is_bias,
)
from helder.glass.check.network.planning import forwards, plans_of
from helder.glass.check.network.roots import FunctionsRoot, ObjectRoot, Root, Targets, name_of
from helder.glass.check.network.templates import own_calls
from helder.glass.check.network.trials import SMALL_RATE, Plan, context_for
from helder.glass.check.session import Session, Thing
from helder.glass.check.values import shape_of
from helder.typing import Floats

WEIGHT = re.compile(r"_*([wWbBvV]|weights?|bias|biases|theta)_?\d+")


@dataclass(frozen=True)
class Bound:
    """A place of parameters, which of its arrays they are, and the ways to make a step.

    Attributes:
        name: Of the class; `functions` for functions.
        root: The place.
        slots: Which of its arrays are parameters.
        plans: The ways to make a step.
        form: How it takes its rows, where that is settled.
        data: The rows, where they are settled.
        inside: Whether training makes the parameters anew.
        first: The weights with which the first layer starts, (n_in, n_out); None if unknown.
        whole: Whether a step is one of all parameters, so that none may stay as it is.
    """

    name: str
    root: Root
    slots: Slots
    plans: tuple[Plan, ...]
    form: Format | None = None
    data: Data | None = None
    inside: bool = False
    first: Floats | None = None
    whole: bool = False


def bind(
    session: Session,
    definitions: Sequence[Definition],
    trees: Sequence[ast.AST],
    wish: Wish = DISTINCT,
) -> Iterator[Bound]:
    """All ways to see a network in these definitions: the classes, then the functions."""
    targets = targets_of(trees)
    for definition in definitions:
        if definition.kind == "class":
            yield from bind_class(session, definition, definitions, trees, targets, wish)
    functions = [d for d in definitions if d.kind == "function"]
    yield from bind_functions(session, functions, targets, wish)


def methods_of(owner: Definition, definitions: Sequence[Definition]) -> list[Definition]:
    """The methods of a class, those of its base classes in the file too."""
    bases = [b.id for b in getattr(owner.node, "bases", []) if isinstance(b, ast.Name)]
    own = [d for d in definitions if d.owner == owner.path]
    names = {d.name for d in own}
    for base in bases:
        for definition in definitions:
            if definition.path == base and definition.kind == "class":
                own += [d for d in methods_of(definition, definitions) if d.name not in names]
    return own


def own_methods(owner: Definition, definitions: Sequence[Definition]) -> list[Definition]:
    """The methods of a class that may be called on its instances, but for Python's own."""
    methods = methods_of(owner, definitions)
    return [d for d in methods if not d.lacks_self and not d.name.startswith("__")]


def parts_of(
    session: Session, handle: str, owner: Definition, definitions: Sequence[Definition]
) -> dict[str, str]:
    """Which of the file's classes an object owns instances of: class -> `.attribute`."""
    classes = {d.name: d.path for d in definitions if d.kind == "class"}
    names = [
        node.attr
        for node in ast.walk(owner.node)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    ]
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        part = session.read(f"{handle}.{name}").value
        if isinstance(part, Thing) and part.type_name in classes:
            found.setdefault(classes[part.type_name], f".{name}")
    return found


def first_forward(parts: Mapping[str, str], definitions: Sequence[Definition]) -> Definition | None:
    """The method of a part that goes forward: of the network that a trainer owns."""
    owners = [d for d in definitions if d.path in parts]
    found = [one for owner in owners for one in forwards(own_methods(owner, definitions))]
    return next(iter(found), None)


def bind_class(
    session: Session,
    owner: Definition,
    definitions: Sequence[Definition],
    trees: Sequence[ast.AST],
    targets: Targets,
    wish: Wish,
) -> Iterator[Bound]:
    """A class whose instances hold the parameters."""
    methods = own_methods(owner, definitions)
    plans = plans_of(methods)
    takes_data = any(roles.role(p.name) == "Y" for p in owner.parameters)
    if not plans and not takes_data:
        return
    made = own_calls(owner, definitions, trees, session)
    own = ((arguments | wish.options, None, None) for arguments in made)
    for arguments, form, data in itertools.chain(all_constructions(session, owner, wish), own):
        outcome = made_with(session, owner, arguments)
        if not isinstance(outcome.value, Thing):
            continue
        handle = outcome.value.handle
        parts = parts_of(session, handle, owner, definitions)
        root = ObjectRoot(session, handle, targets, parts)
        ways = find_slots(without(root.state(), form, data))
        for full in () if ways else filled(session, handle, owner, definitions, trees, wish):
            root = ObjectRoot(session, full, targets, parts)
            ways = ways or find_slots(root.state())
        if form is not None and data is not None:
            plans = plans_of(methods, holds_data=True)
            ends = (data.x.shape[1], data.y.shape[1])
            ways = [slots for slots in ways if (slots.inputs, slots.outputs) == ends]
        going = first_forward(parts, definitions)
        complete = tuple(p if p.forward else replace(p, forward=going) for p in plans)
        found = [
            Bound(owner.path, root, slots, complete, form, data, first=first_weights(root, slots))
            for slots in ways
        ]
        if not found and form is None:
            found = list(made_later(owner, root, plans, wish))
        yield from found
        if found and form is None:  # rows may be taken for columns, and seem to fit
            return


def first_weights(root: Root, slots: Slots) -> Floats | None:
    """The weights with which the first layer starts, as they stand now."""
    found = slots.layers(root.state())
    return None if found is None else found[0][0]


def without(state: dict[str, Any], form: Format | None, data: Data | None) -> dict[str, Any]:
    """A state without the rows that it was made with."""
    if form is None or data is None:
        return state
    given = [np.asarray(part) for part in form.give(data)]
    return {
        path: value
        for path, value in state.items()
        if not any(shape_of(value) == part.shape for part in given)
    }


def made_later(
    owner: Definition, root: ObjectRoot, plans: tuple[Plan, ...], wish: Wish
) -> Iterator[Bound]:
    """An object that makes its weights when it is first trained."""
    for plan in plans:
        for form in sorted(BATCHES[:6], key=lambda form: form.labels == "one-hot"):
            ready = root.fresh()
            if ready is None or plan.first or plan.wants_pairs:
                continue
            context = context_for(form, random_data(wish.inputs, wish.outputs), SMALL_RATE)
            ready.set_up(context.roles)
            problem = ready.call(plan.steps[0], context).problem
            found = [s for s in find_slots(ready.state()) if s.outputs in (1, wish.outputs)]
            rest = tuple(p for p in plans if p.steps[0] is not plan.steps[0])
            if found and problem is None:
                yield Bound(owner.path, root, NO_SLOTS, (plan,), inside=True)
            if found:  # what fails after they are made may be seen in the parts
                yield from (Bound(owner.path, ready, slots, rest) for slots in found)
                return


def bind_functions(
    session: Session, functions: list[Definition], targets: Targets, wish: Wish
) -> Iterator[Bound]:
    """Functions that hand parameters on, or that share them as names of the file."""
    free = frozenset(name for name in free_names(functions) if may_be_set(session, name))
    holds = any(roles.role(name) == "Y" for name in free)
    plans = plans_of(functions, holds_data=holds)
    if not plans:
        return
    of_file = arrays_in(gathered(session.state("")))
    names = frozenset(name_of(p) for p in of_file if p.replace(STAR, "").isidentifier())
    for maker, values in beginnings(session, functions, targets, wish):
        root = FunctionsRoot(session, values, names, targets, maker, free)
        for slots in find_slots(root.state()):
            first = first_weights(root, slots) if maker is not None or not values else None
            yield Bound("functions", root, slots, plans, first=first)
    alone = FunctionsRoot(session, {}, frozenset(), targets, None, free)
    for flat, slots in flat_roots(alone, functions, wish):
        yield Bound("functions", flat, slots, plans)
    yield Bound(
        "functions", alone, NO_SLOTS, tuple(p for p in plans if len(p.steps) == 1), inside=True
    )


def free_names(functions: Sequence[Definition]) -> frozenset[str]:
    """The names that functions read from the file, and that they do not make themselves."""
    found: set[str] = set()
    for definition in functions:
        names = [n for n in ast.walk(definition.node) if isinstance(n, ast.Name)]
        made = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        made |= {n.arg for n in ast.walk(definition.node) if isinstance(n, ast.arg)}
        found |= {n.id for n in names if isinstance(n.ctx, ast.Load)} - made
    return frozenset(found - {d.name for d in functions})


def may_be_set(session: Session, name: str) -> bool:
    """Whether a name of the file stands for a value, not for a function such as `shape`."""
    found = session.read(name)
    return found.problem is not None or not isinstance(found.value, Thing)


def beginnings(
    session: Session, functions: list[Definition], targets: Targets, wish: Wish
) -> Iterator[tuple[Definition | None, dict[str, Any]]]:
    """Parameters as the file's own functions make them, and the function that does."""
    for definition in functions:
        if not roles.means(roles.MAKING, definition.name):
            continue
        for arguments in for_maker(session, definition, wish):
            outcome = made_with(session, definition, arguments)
            if outcome.problem is None and arrays_in(gathered(flattened(outcome.value))):
                yield definition, results_by_name(definition, outcome.value, targets)
                break
    yield None, {}
    for values in synthesised(functions, wish):
        yield None, values


def for_maker(session: Session, definition: Definition, wish: Wish) -> Iterator[dict[str, Any]]:
    """The arguments of a function that makes parameters: sizes, or rows that have them."""
    said = {
        p.name: what for p in definition.parameters if (what := roles.role(p.name)) in ("X", "Y")
    }
    data = random_data(wish.inputs, wish.outputs)
    for arguments in constructions(definition, session, wish):
        yield arguments
        for form in BATCHES[:2] if said else ():  # rows, then columns
            given = dict(zip("XY", form.give(data), strict=True))
            yield arguments | {name: given[what] for name, what in said.items()}


def synthesised(functions: Sequence[Definition], wish: Wish) -> Iterator[dict[str, Any]]:
    """Parameters in the shapes and names that the functions want, rows first, then columns."""
    for names, container in wanted(functions):
        weights = [name for name in names if not is_bias(name)]
        sizes = [*[wish.inputs, *wish.hidden][: len(weights)], wish.outputs]
        if not 1 < len(weights) <= len(wish.hidden) + 1:
            continue
        for turned in (False, True):
            made: dict[str, Any] = {}
            layer = 0
            for name in names:
                if is_bias(name):
                    size = sizes[max(layer, 1)]
                    made[name] = np.zeros((size, 1) if turned else (1, size))
                else:
                    shape = (sizes[layer], sizes[layer + 1])
                    made[name] = np.zeros(shape[::-1] if turned else shape)
                    layer += 1
            yield {container: made} if container else made


def wanted(functions: Sequence[Definition]) -> Iterator[tuple[list[str], str]]:
    """Names of weights and biases: as keys of a dictionary, or as parameters of functions."""
    for definition in functions:
        if not roles.means(roles.FORWARD, definition.name):
            continue
        names = [p.name for p in definition.parameters if WEIGHT.fullmatch(p.name)]
        if names:
            yield in_layers(names), ""
        for parameter in definition.parameters:
            keys = [
                node.slice.value
                for node in ast.walk(definition.node)
                if isinstance(node, ast.Subscript)
                and ast.unparse(node.value) == parameter.name
                and isinstance(node.slice, ast.Constant)
                and isinstance(node.slice.value, str)
            ]
            keys = [key for key in dict.fromkeys(keys) if WEIGHT.fullmatch(key)]
            if keys:
                yield in_layers(keys), parameter.name


def in_layers(names: list[str]) -> list[str]:
    """Names by their layer, a weight before its bias."""
    number = {n: int(re.sub(r"\D", "", n) or 0) for n in names}
    return sorted(names, key=lambda n: (number[n], is_bias(n)))


def results_by_name(definition: Definition, value: Any, targets: Targets) -> dict[str, Any]:
    """What an initialiser returned, by its own names, else by those of its callers."""
    found = named_results(definition, value)
    if not found:
        found = named_results(definition, value, targets.get(definition.name, ())[:1])
    return found or {"params": value}
