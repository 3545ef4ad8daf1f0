"""One step of somebody's network on chosen numbers, and what was seen of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from helder.glass.check.network.binding.calls import Context, flattened, roles_of
from helder.glass.check.network.binding.formats import Data, Format
from helder.glass.check.network.binding.gathering import gathered
from helder.glass.check.network.binding.gradients import gradients_in
from helder.glass.check.network.binding.parameters import Slots, arrays_in, as_floats
from helder.glass.check.network.binding.roots import UNBOUND, Root
from helder.glass.check.network.reference.ways import Observed
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Outcome, Thing
from helder.typing import Floats

SMALL_RATE, LARGE_RATE = 1e-6, 0.5
OF_SHAPES = re.compile(r"mismatch|not aligned|broadcast|dimensions", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """Which of somebody's functions make a step, in order.

    Attributes:
        forward: Gives the output; None where there is none, or where training calls it itself.
        steps: The functions that make the step: `train` alone, or `backward` and `update`.
        first: Whether forward must be called before them.
    """

    forward: Definition | None
    steps: tuple[Definition, ...]
    first: bool = False

    @property
    def wants_pairs(self) -> bool:
        """Whether rows and targets go in as pairs."""
        context = Context({"pairs": None})
        return all("pairs" in roles_of(d, context).values() for d in self.steps)

    @property
    def calls(self) -> tuple[str, ...]:
        """The paths of all that is called, in order."""
        before = (self.forward,) if self.first and self.forward else ()
        return tuple(d.path for d in (*before, *self.steps))

    @property
    def name(self) -> str:
        """As a person reads it."""
        return ", ".join(self.calls)


@dataclass
class Trial:
    """What happened in a step.

    Attributes:
        observed: What was seen of it, in rows by units; None where nothing was to be seen.
        problem: Why a call failed.
        done: How many calls were made before that one.
        grown: Parameters that have another shape after it: path -> (before, after).
        stepped: Whether parameters changed; else gradients were read.
        slots: The parameters that training made itself.
    """

    observed: Observed | None = None
    problem: str | None = None
    done: int = 0
    grown: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)
    stepped: bool = False
    line: int | None = None
    slots: Slots | None = None

    @property
    def refused(self) -> bool:
        """Whether it failed because the shapes of arrays do not fit each other."""
        problem = self.problem or ""
        return problem.startswith(("ValueError", "IndexError")) and bool(OF_SHAPES.search(problem))


class Failures:
    """The calls that failed: what begins with the same ones fails as well, and is not tried."""

    def __init__(self) -> None:
        self.found: set[tuple[tuple[str, ...], Format | None]] = set()

    def add(self, plan: Plan, form: Format, trial: Trial) -> None:
        """A trial that failed; an argument that nothing fits is lacking in every format."""
        lacks = trial.problem is not None and trial.problem.startswith(UNBOUND)
        self.found.add((plan.calls[: trial.done + 1], None if lacks else form))

    def meets(self, plan: Plan, form: Format) -> bool:
        """Whether a plan begins with calls that have failed."""
        starts = [plan.calls[: at + 1] for at in range(len(plan.calls))]
        return any((calls, where) in self.found for calls in starts for where in (form, None))


def try_step(
    root: Root,
    slots: Slots,
    values: dict[str, Floats],
    plan: Plan,
    form: Format,
    data: Data,
    rate: float = SMALL_RATE,
) -> Trial:
    """Makes one step from these values on these rows."""
    seen = data.first(1) if form.single else data
    context = context_for(form, seen, rate, slots)
    ready = prepared(root, values, context)
    if ready is None:
        return Trial(problem="the object cannot be copied")
    outputs = outputs_of(ready, plan, context, seen, slots) if not plan.first else ()
    before = arrays_in(ready.state())
    context = context_for(form, seen, rate, slots)
    returned: dict[str, Any] = {}
    if plan.first and plan.forward is not None:
        outcome = ready.call(plan.forward, context)
        if outcome.problem is not None:
            return failed(outcome)
        context.roles["output"] = output_in(outcome.value, seen.y.shape)
        outputs = found_outputs(ready, outcome, before, seen, slots)
    for done, step in enumerate(plan.steps, int(plan.first and plan.forward is not None)):
        outcome = ready.call(step, context)
        if outcome.problem is not None:
            return failed(outcome, done)
        named = {
            p: v for name, value in context.names.items() for p, v in flattened(value, name).items()
        }
        unnamed = {f"{step.name}{p}": v for p, v in opened(ready, outcome.value).items()}
        if not all(is_among(value, named) for value in unnamed.values()):
            returned |= unnamed
        returned |= named
        if outcome.value is not None:
            context.roles["gradients"] = outcome.value
    after = ready.state()
    return seen_of(slots, values, before, after, returned, outputs, seen)


def is_among(value: Any, named: dict[str, Any]) -> bool:
    """Whether a value has a name already."""
    return any(type(value) is type(one) and np.array_equal(value, one) for one in named.values())


def opened(root: Root, value: Any) -> dict[str, Any]:
    """The arrays within a value, and within the person's objects in it."""
    found = flattened(value)
    things = value if isinstance(value, list | tuple) else [value]
    for at, thing in enumerate(things):
        if isinstance(thing, Thing):
            state = root.session.state(thing.handle)
            found |= {f"[{at}]{path}": one for path, one in state.items()}
    return found


def context_for(
    form: Format, data: Data, rate: float, slots: Slots | None = None, epochs: int = 1
) -> Context:
    """The roles that arguments may have."""
    x, y = form.give(data)
    rows = len(data.x)
    roles: dict[str, Any] = {"rate": rate, "epochs": epochs, "batch": rows, "rows": rows}
    roles |= {"pairs": x} if y is None else {"X": x, "Y": y}
    if slots is not None:
        roles |= sizes_of(slots.sizes)
    return Context(roles)


def sizes_of(sizes: list[int]) -> dict[str, Any]:
    """The roles of sizes."""
    return {"n_in": sizes[0], "n_out": sizes[-1], "n_hidden": sizes[1], "sizes": sizes}


def prepared(root: Root, values: dict[str, Floats], context: Context) -> Root | None:
    """A fresh copy with these parameters and settings."""
    ready = root.fresh()
    if ready is None:
        return None
    ready.set_up(context.roles)
    for path, value in values.items():
        ready.assign(path, value)
    return ready


def failed(outcome: Outcome, done: int = 0) -> Trial:
    """A trial that a problem ended, after so many calls."""
    problem = outcome.problem
    assert problem is not None
    return Trial(problem=str(problem), done=done, line=problem.line)


def outputs_of(
    ready: Root, plan: Plan, context: Context, data: Data, slots: Slots
) -> tuple[Floats, ...]:
    """What forward gives alone, called beside the step, on a copy.

    Training may take rows, or pairs, and hand columns to forward: where the one fails, the other is
    tried.
    """
    for given in (context, *turned(context, data)) if plan.forward is not None else ():
        beside = ready.fresh()
        if beside is None or plan.forward is None:
            return ()
        before = arrays_in(beside.state())
        outcome = beside.call(plan.forward, given)
        if outcome.problem is None:
            return found_outputs(beside, outcome, before, data, slots)
    return ()


def turned(context: Context, data: Data) -> Iterator[Context]:
    """The same with columns for rows, where there are some; with both where there are pairs."""
    x = context.roles.get("X")
    if "pairs" in context.roles:
        yield context.with_roles(X=data.x.T.copy())
        yield context.with_roles(X=data.x)
    elif isinstance(x, np.ndarray) and x.ndim == 2:
        yield context.with_roles(X=x.T.copy())


def output_in(value: Any, shape: tuple[int, ...]) -> Any:
    """The output within what forward returned; the whole where it is not seen."""
    if not isinstance(value, tuple | list):
        return value
    parts = gathered(flattened(value)).values()
    fitting = [part for part in parts if as_output(part, shape) is not None]
    return fitting[-1] if fitting else value


def as_output(value: Any, shape: tuple[int, ...]) -> Floats | None:
    """A value as an output (N, n_out), if it has the size of one."""
    rows, outputs = shape
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if array.ndim == 3:
        array = array.squeeze()
    if array.shape == shape:
        return array
    if array.shape == (outputs, rows):
        return array.T
    if array.size == rows * outputs and 1 in (rows, outputs) and array.ndim <= 2:
        return array.reshape(shape)
    return None


def is_logarithm(array: Floats) -> bool:
    """Whether these are the logarithms of probabilities, as a log-softmax gives them."""
    if array.shape[1] < 2 or array.max() > 0:
        return False
    return bool(np.allclose(np.exp(array).sum(axis=1), 1, atol=1e-6))


def found_outputs(
    ready: Root, outcome: Outcome, before: dict[str, Floats], data: Data, slots: Slots
) -> tuple[Floats, ...]:
    """Arrays that may be the output: of what was returned, else of what has changed."""
    shape = (len(data.x), slots.outputs)
    found = [as_output(v, shape) for v in gathered(flattened(outcome.value)).values()]
    if all(array is None for array in found):
        after = arrays_in(ready.state())
        changed = [
            a for p, a in after.items() if p not in before or not np.array_equal(before[p], a)
        ]
        found = [as_output(a, shape) for a in changed]
    seen = [array for array in found if array is not None]
    return (*seen, *(np.exp(array) for array in seen if is_logarithm(array)))


def seen_of(
    slots: Slots,
    values: dict[str, Floats],
    before: dict[str, Floats],
    after: dict[str, Any],
    returned: dict[str, Any],
    outputs: tuple[Floats, ...],
    data: Data,
) -> Trial:
    """The step in the parameters, or the gradients where they have not moved."""
    trial = Trial(grown=grown(slots, values, after))
    known = slots.known(values, data.x, data.y)
    if trial.grown or known is None or spoilt(values, after):
        return trial
    moved = {
        path: value - found
        for path, value in values.items()
        if (found := as_floats(after.get(path), value.shape)) is not None
    }
    trial.stepped = any(np.any(array) for array in moved.values())
    if trial.stepped:
        then = slots.layers(after)
        weights = () if then is None else tuple(then[0])
        known = type(known)(known.weights, known.biases, known.x, known.y, weights or None)
        directions: dict[str, Any] = moved
    else:
        directions = gradients_in(slots, values, before, after, returned)
    layers = slots.layers(directions)
    if layers is None:
        return trial
    weights_seen = tuple(layers[0])
    trial.observed = Observed(known, outputs, weights_seen, tuple(layers[1]), signed=trial.stepped)
    return trial


def spoilt(values: dict[str, Floats], after: dict[str, Any]) -> bool:
    """Whether a parameter is no number any more: what else was found then is no gradient."""
    found = [after.get(path) for path in values]
    arrays = [one for one in found if isinstance(one, np.ndarray) and one.dtype.kind == "f"]
    return any(not np.isfinite(array).all() for array in arrays)


def grown(
    slots: Slots, values: dict[str, Floats], after: dict[str, Any]
) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Biases that hold their numbers once for each row, or more, after the step."""
    found = {}
    for slot in slots.biases:
        if slot is None:
            continue
        value = after.get(slot.path)
        if isinstance(value, np.ndarray) and stretched(values[slot.path].shape, value.shape):
            found[slot.path] = (values[slot.path].shape, value.shape)
    return found


def stretched(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Whether NumPy stretches the one shape to the other; weights made anew have any shape."""
    try:
        return before != after == np.broadcast_shapes(before, after)
    except ValueError:
        return False
