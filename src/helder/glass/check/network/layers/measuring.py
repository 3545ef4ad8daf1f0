"""One layer at work on fixed numbers: what it gives back, beside finite differences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import numpy as np

from helder.glass.check.network.binding.formats import Format, random_data
from helder.glass.check.network.binding.gradients import GRADIENT, gradients_in
from helder.glass.check.network.binding.parameters import (
    NOT_PARAMETERS,
    Slot,
    Slots,
    arrays_in,
    as_floats,
    biases_of,
)
from helder.glass.check.network.binding.roots import ObjectRoot
from helder.glass.check.network.layers.layer import (
    EPOCH,
    INPUT,
    RATE,
    UPSTREAM,
    Layer,
    as_array,
    changed_arrays,
)
from helder.glass.check.session import Seen, Session
from helder.typing import Floats

N_IN, N_OUT, ROWS = 3, 4, 5
STEP = 1e-6  # of a finite difference
LARGE = 0.5  # the learning rate, so that weights that are updated too early differ


@dataclass(frozen=True)
class Measured:
    """What a layer did with rows x and the upstream gradient g, all in rows by units.

    Attributes:
        layer: The layer.
        form: How it was given its rows.
        x: What entered it, (N, n_in).
        g: The gradient with respect to what it gave, (N, n_out).
        output: What it gave, (N, n_out).
        dx: The gradient that it gave back, (N, n_in).
        right_dx: The same by finite differences.
        slots: Its weights, if it has any, and its vectors.
        values: The parameters before backward, by their paths.
        after: The parameters after it.
        seen: The gradient of each parameter, where one was seen.
        right: The gradient of each parameter by finite differences.
        stepped: Whether backward changed the parameters.
    """

    layer: Layer
    form: Format
    x: Floats
    g: Floats
    output: Floats
    dx: Floats
    right_dx: Floats
    slots: Slots
    values: dict[str, Floats]
    after: dict[str, Floats]
    seen: dict[str, Floats]
    right: dict[str, Floats]
    stepped: bool


class Bench:
    """A new instance of a layer with numbers of ours in it.

    Args:
        session: Where the file is loaded.
        layer: The layer.
        form: How it takes rows.
    """

    def __init__(self, session: Session, layer: Layer, form: Format) -> None:
        self.session, self.layer, self.form = session, layer, form
        self.n_in = N_IN if layer.weighted and not layer.square else N_OUT
        self.handle = layer.recipe.made(session, self.n_in, N_OUT) or ""
        self.values: dict[str, Floats] = {}
        self.slots = Slots((), ())

    def prepare(self) -> bool:
        """Draws its parameters and sets its learning rate; whether it could be made."""
        if not self.handle:
            return False
        ObjectRoot(self.session, self.handle, {}).set_up({"rate": LARGE})
        state = self.session.state(self.handle)
        self.slots = slots_of(state, self.n_in, N_OUT)
        if self.layer.square:  # which way its weights lie is seen in one that is not
            other = self.layer.recipe.made(self.session, N_IN, N_OUT) or ""
            lying = slots_of(self.session.state(other), N_IN, N_OUT).weights
            weights = tuple(
                replace(slot, turned=lie.turned)
                for slot, lie in zip(self.slots.weights, lying, strict=False)
            )
            self.slots = Slots(weights, self.slots.biases)
        draw = np.random.default_rng(5)
        for slot in (*self.slots.weights, *self.slots.biases):
            if slot is not None:
                value = draw.normal(0.3, 0.7, slot.shape)
                self.values[slot.path] = value
                self.session.assign(self.handle + slot.path, value)
        return bool(self.slots.weights) == self.layer.weighted

    def fill(self) -> None:
        """Puts other numbers where gradients are kept, so that zeros are seen to be written."""
        for path, array in arrays_in(self.session.state(self.handle)).items():
            if GRADIENT.search(path) and not np.any(array):
                self.session.assign(self.handle + path, np.ones(array.shape))

    def forward(self, x: Floats) -> Floats | None:
        """What the layer gives, as it lies."""
        value, _ = self.layer.forward.call(self.session, self.handle, {INPUT: x})
        return as_array(value)

    def slope(self, at: Floats, x: Floats, g: Floats, path: str | None) -> Floats | None:
        """The gradient of sum(g * output) by finite differences, of x or of what a path names."""
        found = np.zeros(at.shape)
        for place in np.ndindex(at.shape):
            sums = []
            for step in (STEP, -STEP):
                moved = at.copy()
                moved[place] += step
                if path is not None:
                    self.session.assign(self.handle + path, moved)
                output = self.forward(x if path is not None else moved)
                if output is None or output.shape != g.shape:
                    return None
                sums.append(float(np.sum(g * output)))
            found[place] = (sums[0] - sums[1]) / (2 * STEP)
        if path is not None:
            self.session.assign(self.handle + path, at)
        return found if np.isfinite(found).all() else None

    def watched(self, x: Floats, g: Floats) -> list[Seen]:
        """What each line makes on the way forward and back."""
        self.session.watch()
        self.forward(x)
        given = {INPUT: x, UPSTREAM: g, RATE: LARGE, EPOCH: 1}
        self.layer.backward.call(self.session, self.handle, given)
        return self.session.watched()

    def measured(self) -> Measured | None:
        """What the layer does; None where it cannot be followed."""
        x = np.asarray(self.form.x(random_data(self.n_in, N_OUT, ROWS, seed=8)))
        output = self.forward(x)
        if output is None or not np.isfinite(output).all():
            return None
        again = self.forward(x)
        if again is None or not np.array_equal(output, again):
            return None  # it draws anew each time
        g = np.random.default_rng(9).normal(0, 1, output.shape)
        right_dx = self.slope(x, x, g, None)
        right = {path: self.slope(at, x, g, path) for path, at in self.values.items()}
        if right_dx is None or any(one is None for one in right.values()):
            return None
        self.forward(x)
        return self.gone_back(x, g, output, right_dx, {p: a for p, a in right.items()
                                                       if a is not None})  # fmt: skip

    def gone_back(
        self, x: Floats, g: Floats, output: Floats, right_dx: Floats, right: dict[str, Floats]
    ) -> Measured | None:
        """The same after backward."""
        before = self.session.state(self.handle)
        given = {INPUT: x, UPSTREAM: g, RATE: LARGE, EPOCH: 1}
        dx, outcome = self.layer.backward.call(self.session, self.handle, given)
        found = as_array(dx)
        if outcome.problem is not None or found is None or found.shape != x.shape:
            return None
        found = found * g if self.layer.slope_only else found
        state = self.session.state(self.handle)
        after = {
            path: now
            for path, value in self.values.items()
            if (now := as_floats(state.get(path), value.shape)) is not None
        }
        moved: dict[str, Floats] = {
            path: (self.values[path] - now) / LARGE for path, now in after.items()
        }
        stepped = any(np.any(array) for array in moved.values())
        seen = moved if stepped else self.gradients(before, outcome.value, right)
        x, g, output, found, right_dx = (
            in_rows(self.form, one) for one in (x, g, output, found, right_dx)
        )
        return Measured(
            self.layer, self.form, x, g, output, found, right_dx,
            self.slots, self.values, after, seen, right, stepped,
        )  # fmt: skip

    def gradients(
        self, before: dict[str, Any], returned: Any, right: dict[str, Floats]
    ) -> dict[str, Floats]:
        """The gradients that backward has left, or has given."""
        state = self.session.state(self.handle)
        left = changed_arrays(before, state)
        given: dict[str, Any] = {}
        if isinstance(returned, tuple | list):
            given = {f"return[{at}]": one for at, one in enumerate(returned)}
        elif isinstance(returned, dict):
            given = {f"return[{key!r}]": one for key, one in returned.items()}
        arrays = {path: a for path, one in given.items() if (a := as_array(one)) is not None}
        if not self.slots.weights:
            pool = {p: a for p, a in (left | arrays).items() if p not in self.values}
            return {path: one for path in self.values if (one := likeliest(path, pool, right))
                    is not None}  # fmt: skip
        found = gradients_in(self.slots, self.values, before, state, arrays)
        nothing = {  # which was nothing before
            path: a for path, a in arrays_in(state).items()
            if GRADIENT.search(path) and not np.any(a)
        }  # fmt: skip
        for slot in self.slots.weights if found else ():
            zeros = next((a for a in nothing.values() if a.shape == slot.shape), None)
            if zeros is not None:
                found.setdefault(slot.path, zeros)
        return found


def likeliest(path: str, pool: dict[str, Floats], right: dict[str, Floats]) -> Floats | None:
    """The gradient of a vector: one that is right, else the one whose name is most like its own."""
    wanted = right[path]
    fitting = {p: a.reshape(wanted.shape) for p, a in pool.items() if a.size == wanted.size}
    agreed = [a for a in fitting.values() if np.allclose(a, wanted, rtol=1e-3)]
    if agreed:
        return agreed[0]
    named = {p: a for p, a in fitting.items() if GRADIENT.search(p)}
    best = max(named, key=lambda p: shared(p, path), default=None)
    return None if best is None else named[best]


def shared(one: str, other: str) -> int:
    """How many letters two paths begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def in_rows(form: Format, array: Floats) -> Floats:
    """An array as it was given, in rows by units."""
    if "column" in form.layout:
        return array.T
    return array.reshape(1, -1) if array.ndim == 1 else array


def as_given(form: Format, rows: Floats) -> Floats:
    """Rows by units as the layer takes them."""
    if "column" in form.layout:
        return rows.T
    return rows.ravel() if form.layout == "vector" else rows


def slots_of(state: dict[str, Any], n_in: int, n_out: int) -> Slots:
    """The weights of a layer, if it has any, with the bias; else its vectors."""
    arrays = {p: a for p, a in arrays_in(state).items() if not NOT_PARAMETERS.search(p)}
    for shape, turned in (((n_in, n_out), False), ((n_out, n_in), True)):
        path = next((p for p, a in arrays.items() if a.shape == shape), None)
        if path is not None:
            slot = Slot(path, shape, turned)
            return Slots((slot,), biases_of(arrays, [slot]))
    vectors = [Slot(p, a.shape) for p, a in arrays.items() if a.size == n_out and a.ndim]
    return Slots((), tuple(vectors))


def measured(session: Session, layer: Layer, form: Format) -> Measured | None:
    """What a layer does with rows in this form, beside finite differences; None where it fails."""
    bench = Bench(session, layer, form)
    return bench.measured() if bench.prepare() else None
