"""The ways in which somebody's definitions may make up a network, each to be proved by a step."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helder.glass.check.network import roles
from helder.glass.check.network.binding.beginning import beginnings
from helder.glass.check.network.binding.closures import closures
from helder.glass.check.network.binding.code import Code
from helder.glass.check.network.binding.constructing import (
    DISTINCT,
    Wish,
    all_constructions,
    constructions,
    data_roles,
    made_with,
)
from helder.glass.check.network.binding.extras import extras
from helder.glass.check.network.binding.filling import filled
from helder.glass.check.network.binding.flat import flat_roots
from helder.glass.check.network.binding.formats import BATCHES, Data, Format, random_data
from helder.glass.check.network.binding.gathering import STAR, gathered
from helder.glass.check.network.binding.guessing import guessed_plans
from helder.glass.check.network.binding.parameters import (
    NO_SLOTS,
    Slots,
    arrays_in,
    find_slots,
)
from helder.glass.check.network.binding.planning import forwards, plans_of
from helder.glass.check.network.binding.records import RecordRoot, taking
from helder.glass.check.network.binding.roots import DATA, FunctionsRoot, ObjectRoot, Root, name_of
from helder.glass.check.network.binding.single_numbers import NumbersRoot, slots_of_numbers
from helder.glass.check.network.binding.templates import own_calls
from helder.glass.check.network.binding.trials import SMALL_RATE, Plan, context_for, failed
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session, Thing
from helder.glass.check.sessions.values import shape_of
from helder.typing import Floats

WEIGHTS = re.compile(r"(^|[._'\[])_*w(eights?|\d|_|$)", re.IGNORECASE)
OF_A_LIST = re.compile(r"(.*)\[\d+\]")


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
    code = Code(session, definitions, trees, wish)
    for owner in code.classes:
        yield from bind_class(owner, code)
    for maker, root, slots, plans in closures(code):
        yield Bound(maker.path, root, slots, plans, first=first_weights(root, slots))
    yield from bind_functions(code)


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


def bind_class(owner: Definition, code: Code) -> Iterator[Bound]:
    """A class whose instances hold the parameters."""
    session, definitions, wish = code.session, code.definitions, code.wish
    methods = own_methods(owner, definitions)
    makers = [d for d in methods_of(owner, definitions) if d.name in ("__init__", "__post_init__")]
    plans = (*plans_of(methods), *guessed_plans(makers, methods))
    takes_data = "Y" in data_roles(owner).values()
    if not plans and not takes_data:
        yield from bind_record(owner, code)
        return
    made = own_calls(owner, definitions, code.trees, session)
    own = ((arguments | wish.options, None, None) for arguments in made)
    free = settable([n for n in free_names(methods) if roles.role(n) == "rows"], session)
    in_part: list[Bound] = []  # of which some weights are in no chain
    for arguments, form, data in itertools.chain(all_constructions(session, owner, wish), own):
        outcome = made_with(session, owner, arguments)
        if not isinstance(outcome.value, Thing):
            continue
        handle = outcome.value.handle
        parts = parts_of(session, handle, owner, definitions)
        root = ObjectRoot(session, handle, code.targets, parts, code.settings, free)
        ways = find_slots(without(root.state(), form, data), (wish.inputs, wish.outputs))
        for full in () if ways else filled(session, handle, owner, definitions, code.trees, wish):
            root = ObjectRoot(session, full, code.targets, parts, code.settings, free)
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
            found = list(of_numbers(owner, root, methods, plans))
            found = found or list(made_later(owner, root, plans, wish))
        if found and all(leaves_weights(one.slots, root.state()) for one in found):
            in_part = in_part or found
            continue
        yield from found
        if found and form is None:  # rows may be taken for columns, and seem to fit
            return
    yield from in_part


def of_numbers(
    owner: Definition, root: ObjectRoot, methods: Sequence[Definition], plans: tuple[Plan, ...]
) -> Iterator[Bound]:
    """An object in which every weight is a number with a name of its own."""
    slots = slots_of_numbers(methods, root)
    if slots is not None:
        yield Bound(owner.path, NumbersRoot(root, slots), slots, plans)


def leaves_weights(slots: Slots, state: Mapping[str, Any]) -> bool:
    """Whether a list that holds weights holds others too, which do not go on from them.

    A class may be made for one hidden layer alone, and for two make weights that do not fit.
    """
    used = [OF_A_LIST.fullmatch(slot.path) for slot in slots.weights]
    lists = {found[1] for found in used if found}
    matrices = [p for p, a in arrays_in(state).items() if a.ndim == 2]
    held = [p for p in matrices if (found := OF_A_LIST.fullmatch(p)) and found[1] in lists]
    return len(held) > sum(found is not None for found in used)


def bind_record(owner: Definition, code: Code) -> Iterator[Bound]:
    """A class whose instances hold the parameters, and that functions are handed."""
    session = code.session
    made = own_calls(owner, code.definitions, code.trees, session)
    for arguments in itertools.chain(constructions(owner, session, code.wish), made):
        thing = made_with(session, owner, arguments).value
        if not isinstance(thing, Thing):
            continue
        its = taking(code.functions, session.state(thing.handle))
        plans = plans_of([d for d in code.functions if d.path in its])
        root = RecordRoot(session, thing.handle, code.targets, its)
        found = [
            Bound(owner.path, root, slots, plans, first=first_weights(root, slots))
            for slots in (find_slots(root.state()) if plans else ())
        ]
        yield from found
        if found:
            return


def first_weights(root: Root, slots: Slots) -> Floats | None:
    """The weights with which the first layer starts, as they stand now."""
    found = slots.layers(root.state())
    return None if found is None else found[0][0]


def without(state: dict[str, Any], form: Format | None, data: Data | None) -> dict[str, Any]:
    """A state without the rows that it was made with, and what is made in their shapes.

    Weights may have one of these shapes as well, where there are as many units as rows.
    """
    if form is None or data is None:
        return state
    given = [np.asarray(part) for part in form.give(data)]
    return {
        path: value
        for path, value in state.items()
        if not any(shape_of(value) == part.shape for part in given)
        or (WEIGHTS.search(path) and np.any(value))
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
            outcome = ready.call(plan.steps[0], context)
            found = [
                s
                for s in find_slots(ready.state(), (wish.inputs, wish.outputs))
                if s.outputs in (1, wish.outputs)
            ]
            rest = tuple(p for p in plans if p.steps[0] is not plan.steps[0])
            if found and (outcome.problem is None or failed(outcome).refused):
                yield Bound(owner.path, root, NO_SLOTS, (plan,), inside=True)
            if found:  # what fails after they are made may be seen in the parts
                yield from (Bound(owner.path, ready, slots, rest) for slots in found)
                return


def bind_functions(code: Code) -> Iterator[Bound]:
    """Functions that hand parameters on, or that share them as names of the file."""
    session, functions, targets = code.session, code.functions, code.targets
    free = settable(free_names(functions), session)
    holds = any(roles.role(name) == "Y" for name in free)
    plans = plans_of(functions, holds_data=holds)
    if not plans:
        return
    of_file = arrays_in(gathered(session.state("")))
    spoken = names_in(functions)
    names = frozenset(
        name_of(p)
        for p in of_file
        if (p.replace(STAR, "").isidentifier() or name_of(p) in free)
        and name_of(p).replace(STAR, "") in spoken
        and not DATA.fullmatch(name_of(p))
    )
    more = extras(code) | code.wish.options
    for maker, values in beginnings(code):
        root = FunctionsRoot(session, values, names, targets, maker, free, more, code.settings)
        for slots in find_slots(root.state(), (code.wish.inputs, code.wish.outputs)):
            first = first_weights(root, slots) if maker is not None or not values else None
            yield Bound("functions", root, slots, plans, first=first)
    alone = FunctionsRoot(session, {}, frozenset(), targets, None, free, more, code.settings)
    for flat, slots, made in flat_roots(alone, functions, code.wish):
        begun = first_weights(flat, slots) if made else None
        yield Bound("functions", flat, slots, plans, first=begun)
    yield Bound(
        "functions", alone, NO_SLOTS, tuple(p for p in plans if len(p.steps) == 1), inside=True
    )


def names_in(functions: Sequence[Definition]) -> frozenset[str]:
    """Every name that stands in these functions: what else the file holds they cannot reach."""
    nodes = [node for definition in functions for node in ast.walk(definition.node)]
    names = {n.id for n in nodes if isinstance(n, ast.Name)}
    return frozenset(names | {n.arg for n in nodes if isinstance(n, ast.arg)})


def free_names(functions: Sequence[Definition]) -> frozenset[str]:
    """The names that functions read from the file, and that they do not make themselves."""
    found: set[str] = set()
    for definition in functions:
        names = [n for n in ast.walk(definition.node) if isinstance(n, ast.Name)]
        made = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        made |= {n.arg for n in ast.walk(definition.node) if isinstance(n, ast.arg)}
        found |= {n.id for n in names if isinstance(n.ctx, ast.Load)} - made
    return frozenset(found - {d.name for d in functions})


def settable(names: Iterable[str], session: Session) -> frozenset[str]:
    """Those of the file's names that may be set, by what they are called."""
    return frozenset(name for name in names if may_be_set(session, name))


def may_be_set(session: Session, name: str) -> bool:
    """Whether a name stands for rows, targets or a size, or for what the file does not have.

    It does not for a function such as `shape`, for a table `OUT`, or for a threshold `D = 1.5`.
    """
    found = session.read(name)
    threshold = isinstance(found.value, float) and roles.role(name) != "rows"
    return found.problem is not None or not (isinstance(found.value, Thing | dict) or threshold)
