"""The layer objects of a file: found by the names of their methods, proved by using them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helder.glass.check.network import roles
from helder.glass.check.network.binding.formats import BATCHES, SINGLES, Format, random_data
from helder.glass.check.network.binding.networks import methods_of
from helder.glass.check.network.binding.parameters import arrays_in
from helder.glass.check.network.binding.roots import ObjectRoot
from helder.glass.check.network.layers.layer import (
    EPOCH,
    IN,
    INPUT,
    OUT,
    RATE,
    UPSTREAM,
    Layer,
    Recipe,
    Way,
    as_array,
    changed_arrays,
    shape_of,
)
from helder.glass.check.network.layers.recipes import is_activation, plain_recipes
from helder.glass.check.reading.definitions import Definition, Parameter
from helder.glass.check.session import Session, Thing
from helder.typing import Floats

N_IN, N_OUT = 4, 5
LAYOUTS = (*BATCHES[:2], *SINGLES[:3])  # rows, columns; one row as a vector, a column, a row
FORWARD = re.compile(
    r"apply|call|function|activation|transform|compute|fonction|run", re.IGNORECASE
)
BACKWARD = re.compile(r"deriv\w*|d(f|x)|diff\w*|\w*prime|slope|\w*gradient|pente", re.IGNORECASE)
OF_INPUT = re.compile(
    r"^(x|z|inputs?|inp|a|s|pre.*|net|cache|.*_input|z_.*|values?)$", re.IGNORECASE
)
OF_ROLES = {"rate": RATE, "epochs": EPOCH}  # what backward may want beside arrays
LEFT = re.compile(r"(^|[._])_*(out|a$|y|act|res|val|p)", re.IGNORECASE)
LEFT_BACK = re.compile(r"(^|[._])_*d_?(in|x|z|prev)|in.*(grad|delta)|grad.*(in|x)", re.IGNORECASE)


def find_layers(session: Session, definitions: Sequence[Definition]) -> list[Layer]:
    """The layers of a file, those with weights first.

    Args:
        session: Where the file is loaded.
        definitions: What it defines.
    """
    found: dict[str, Layer] = {}
    owners: dict[Definition, list[Definition]] = {}
    for owner in definitions:
        methods = [d for d in methods_of(owner, definitions) if not d.lacks_self]
        if owner.kind == "class" and pairs_of(methods):
            owners[owner] = methods
    plain = {o: Recipe(o) for o in owners if not any(p.default is None for p in o.parameters)}
    for owner, recipe in plain.items():  # those that others may hold come first
        one = proved(session, recipe, owners[owner])
        if one is not None and not any(is_activation(p) for p in owner.parameters):
            found[recipe.name] = one
    bare = [layer.recipe for layer in found.values()]
    for owner, methods in owners.items():
        for recipe in plain_recipes(owner, session, definitions, bare):
            one = None if recipe.name in found else proved(session, recipe, methods)
            if one is not None:
                found[recipe.name] = one
    return sorted(found.values(), key=lambda layer: not layer.weighted)


def pairs_of(methods: Sequence[Definition]) -> list[tuple[Definition, Definition]]:
    """The methods that may go forward and backward, the likeliest first."""
    forward = [d for d in methods if roles.means(roles.FORWARD, d.name) or is_(FORWARD, d)]
    forward = [d for d in forward if len(required(d)) == 1]
    backward = [d for d in methods if roles.means(roles.BACKWARD, d.name) or is_(BACKWARD, d)]
    backward = [d for d in backward if 1 <= len(required(d)) <= 3 and d not in forward]
    forward.sort(key=lambda d: d.name != "forward")
    backward.sort(key=lambda d: d.name != "backward")
    return [(f, b) for f in forward[:2] for b in backward[:2]]


def is_(pattern: re.Pattern[str], definition: Definition) -> bool:
    """Whether a whole name matches."""
    return pattern.fullmatch(definition.name.strip("_")) is not None


def required(definition: Definition) -> list[Parameter]:
    """The parameters that a call must give."""
    return [p for p in definition.parameters if p.default is None and p.kind == "positional"]


# How it is used


@dataclass(frozen=True)
class Proof:
    """A layer that is tried in some sizes.

    Attributes:
        session: Where the file is loaded.
        recipe: How it is made.
        methods: Of its class.
        n_out: How many numbers come out of it.
    """

    session: Session
    recipe: Recipe
    methods: Sequence[Definition]
    n_out: int = N_OUT

    def made(self) -> str | None:
        """The handle of a new instance, at rest; None where it cannot be made."""
        handle = self.recipe.made(self.session, N_IN, self.n_out)
        if handle is not None:  # backward may make the step too
            ObjectRoot(self.session, handle, {}).set_up({"rate": 0.0})
        return handle

    @property
    def weighted(self) -> bool | None:
        """Whether it has weights between the sizes that it wants; None where it is no layer."""
        handle = self.made()
        if handle is None:
            return None
        shapes = {a.shape for a in arrays_in(self.session.state(handle)).values()}
        weighted = bool(shapes & {(N_IN, N_OUT), (N_OUT, N_IN)})
        sizes = [value for _, value in self.recipe.arguments if value in (IN, OUT)]
        return weighted if weighted or len(sizes) < 2 else None

    def layer(self, weighted: bool) -> Layer | None:
        """The layer, with the ways in which it takes rows."""
        for forward, backward in pairs_of(self.methods):
            found: Layer | None = None
            for form in LAYOUTS:
                one = self.used(forward, backward, form, weighted)
                if one is not None:
                    found = one if found is None else replace(found, forms=(*found.forms, form))
                if found is not None and not weighted:
                    break  # how rows go in, the layers with weights say
            if found is not None:
                updates = [d for d in self.methods if roles.means(roles.UPDATE, d.name)]
                return replace(found, update=update_of(updates))
        return None

    def used(
        self, forward: Definition, backward: Definition, form: Format, weighted: bool
    ) -> Layer | None:
        """The layer as it is used with rows in this form; None where that fails."""
        session, handle = self.session, self.made()
        if handle is None:
            return None
        x = np.asarray(form.x(random_data(N_IN, N_OUT)))
        shape = tuple(self.n_out if n == N_IN else n for n in x.shape) if weighted else x.shape
        going, output = went(session, handle, forward, ("input",), {INPUT: x}, shape, LEFT)
        if going is None or output is None:
            return None
        g = np.random.default_rng(3).normal(0, 1, shape)
        given = {INPUT: x, UPSTREAM: g, RATE: 0.0, EPOCH: 1}
        for wants in wants_of(backward):
            beside = session.copy(handle).value  # a first call may change the weights
            back, dx = went(session, handle, backward, wants, given, x.shape, LEFT_BACK)
            if back is None or dx is None:
                continue
            other = beside.handle if isinstance(beside, Thing) else handle
            twice, _ = back.call(session, other, given | {UPSTREAM: 2 * g})
            how = scaled(dx, as_array(twice))
            if how is None:
                continue
            if not weighted and same(output, x) and not re.search(r"lin|ident", self.recipe.says):
                return None  # a container that holds nothing yet
            of_one = not weighted and is_softmax(self.recipe, output, form)
            return Layer(self.recipe, going, back, (form,), weighted, how == 1, of_one)
        return None


def proved(session: Session, recipe: Recipe, methods: Sequence[Definition]) -> Layer | None:
    """A layer that goes forward and backward; None where it does not.

    Where backward fails for other sizes, one with weights is tried with as many numbers coming out
    as going in: a matrix that is not transposed fits only there.
    """
    proof = Proof(session, recipe, methods)
    weighted = proof.weighted
    if weighted is None:
        return None
    found = proof.layer(weighted)
    if found is None and weighted:
        found = replace(proof, n_out=N_IN).layer(weighted)
        return None if found is None else replace(found, square=True)
    return found


def went(
    session: Session,
    handle: str,
    definition: Definition,
    wants: tuple[str, ...],
    given: dict[str, Any],
    shape: tuple[int, ...],
    named: re.Pattern[str],
) -> tuple[Way | None, Floats | None]:
    """How a method gives an array of this shape, and the array."""
    before = session.state(handle)
    value, outcome = Way(definition, wants).call(session, handle, given)
    if outcome.problem is not None:
        return None, None
    if shape_of(value) == shape:
        return Way(definition, wants), as_array(value)
    if isinstance(value, tuple | list):
        for at, one in enumerate(value):
            if shape_of(one) == shape:
                return Way(definition, wants, item=at), as_array(one)
    if value is not None and shape_of(value) is not None:
        return None, None
    left = {p: a for p, a in changed_arrays(before, session.state(handle)).items()
            if a.shape == shape}  # fmt: skip
    own = {p: a for p, a in left.items() if not any(same(a, given[what]) for what in wants)}
    ranked = sorted(own or left, key=lambda path: named.search(path) is None)
    return (Way(definition, wants, ranked[0]), left[ranked[0]]) if ranked else (None, None)


def same(array: Floats, other: Any) -> bool:
    """Whether an array is what was given."""
    given = as_array(other)
    return given is not None and given.shape == array.shape and bool(np.array_equal(given, array))


def wants_of(definition: Definition) -> list[tuple[str, ...]]:
    """What the arguments of backward may be."""
    names = [p.name for p in required(definition)]
    with_rate = [
        p.name
        for p in definition.parameters
        if p.kind == "positional" and roles.role(p.name) == "rate" and p.name not in names
    ]
    whats = [OF_ROLES.get(roles.role(name) or "", "") for name in names]
    rates = tuple(RATE for _ in with_rate) if with_rate and last_is(definition, with_rate) else ()
    open_ = [at for at, what in enumerate(whats) if not what]
    if len(open_) == 1:
        whats[open_[0]] = UPSTREAM
        return [(*whats, *rates)]
    if len(open_) != 2:
        return []
    if any(are_targets(names[at]) for at in open_):
        return []  # softmax and its loss in one
    first, second = open_
    ways = []
    for one, two in ((INPUT, UPSTREAM), (UPSTREAM, INPUT)):
        filled = list(whats)
        filled[first], filled[second] = one, two
        ways.append((*filled, *rates))
    if OF_INPUT.match(names[second]) and not OF_INPUT.match(names[first]):
        ways.reverse()
    return ways[:1]


def are_targets(name: str) -> bool:
    """Whether a name says targets: `y` alone may be what a layer gives."""
    return roles.role(name) == "Y" and len(roles.plain(name)) > 1


def last_is(definition: Definition, names: list[str]) -> bool:
    """Whether these defaults come right after what must be given."""
    positional = [p.name for p in definition.parameters if p.kind == "positional"]
    return positional[len(required(definition)) :][: len(names)] == names


def scaled(once: Floats, twice: Floats | None) -> int | None:
    """2 where twice the upstream gives twice as much, 1 where it gives the same, else None."""
    if twice is None or twice.shape != once.shape:
        return None
    size = float(np.abs(once).max())
    for factor in (2, 1):
        if np.abs(twice - factor * once).max() <= 1e-9 * max(size, 1e-300):
            return factor
    return None


def is_softmax(recipe: Recipe, output: Floats, form: Format) -> bool:
    """Whether the units of each row sum to one, or the name says that they should."""
    axis = 0 if "column" in form.layout else -1
    return "softmax" in recipe.says or bool(np.allclose(output.sum(axis), 1, atol=1e-5))


def update_of(updates: Sequence[Definition]) -> Way | None:
    """A method that makes the step of one layer, with the learning rate or without."""
    for definition in updates:
        whats = [roles.role(p.name) for p in required(definition)]
        if all(what == "rate" for what in whats) and len(whats) <= 1:
            named = [p for p in definition.parameters if roles.role(p.name) == "rate"]
            return Way(definition, (RATE,) if named[:1] == list(definition.parameters[:1]) and named
                       else ())  # fmt: skip
    return None
