"""Training that is a loop among the names of a file: its rows and parameters by name and shape."""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from helder.glass.check.network.binding.calls import CONSTANTS, is_targets
from helder.glass.check.network.binding.constructing import DISTINCT
from helder.glass.check.network.binding.formats import Data, Format, numbers, random_data
from helder.glass.check.network.binding.gathering import gathered
from helder.glass.check.network.binding.listing import ways_of
from helder.glass.check.network.binding.networks import Bound, first_weights
from helder.glass.check.network.binding.parameters import MOST_LAYERS, Slots, find_slots
from helder.glass.check.network.binding.trials import Plan
from helder.glass.check.network.roles import role, size_role
from helder.glass.check.network.scripts.missing_data import unnamed_data
from helder.glass.check.network.scripts.root import HELD, ScriptRoot
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.reading.names import read_by, stored
from helder.glass.check.reading.scripts import Script, scripts
from helder.glass.check.reading.sources import Source
from helder.glass.check.session import Session, Thing, Value
from helder.glass.check.sessions.values import shape_of

ROWS, INPUTS, OUTPUTS = 11, 7, 3  # of what a file does not have: rarely sizes of hidden layers
MOST_FORMS = 12
MANY = 16  # units

Way = Callable[[Data], Any]
Chains = Callable[[], list[Slots]]  # the ways in which what stands there now is a chain of layers
X_WAYS: dict[str, Way] = {
    "rows": lambda d: d.x,
    "columns": lambda d: d.x.T.copy(),
}
Y_WAYS: dict[str, dict[str, Way]] = {
    "rows": {
        "one-hot": lambda d: d.y,
        "class numbers": numbers,
        "class numbers in a column": lambda d: numbers(d)[:, None],
    },
    "columns": {
        "one-hot": lambda d: d.y.T.copy(),
        "class numbers": numbers,
        "class numbers in a row": lambda d: numbers(d)[None],
    },
}


@dataclass(frozen=True)
class Given:
    """The names of a loop's rows and targets, and what stands there; None where nothing does.

    Attributes:
        xs: Of the rows.
        ys: Of the targets.
        within: The class of those that stand in an object of the person's: `Tensor(x)`.
    """

    xs: dict[str, Value]
    ys: dict[str, Value]
    within: dict[str, str] = field(default_factory=dict)


def bind_scripts(session: Session, main: Source) -> Iterator[Bound]:
    """All loops that may be training, as places of parameters."""
    for script in scripts(main.tree):
        yield from bind_script(session, script, main.path.name)


def bind_script(session: Session, script: Script, file: str) -> Iterator[Bound]:
    """The ways in which one pass of a loop may be a step: with fewer units first, which is soon."""
    outcome = session.lay_out(script.name, {})
    if outcome.problem is not None:
        return
    fewer = fewer_units(session, script)
    for held_fewer in (fewer, {}) if fewer else ({},):
        outcome = session.lay_out(script.name, held_fewer)
        if outcome.problem is not None:  # the second time there may be too little left of the time
            continue
        given = rows_and_targets(session, script, outcome.value)
        if given.xs and given.ys:
            names = {*given.xs, *given.ys}
            held = settings(session, script, outcome.value) | held_fewer
            chains = functools.partial(slots_in, session, script, names)
            yield from bounds_of(session, script, file, held, given, chains)


def fewer_units(session: Session, script: Script) -> dict[str, Value]:
    """Fewer units and columns where the file has many of them under a name."""
    state = session.state("")
    small = {"n_in": INPUTS, "n_hidden": DISTINCT.hidden[0]}
    return {
        name: small[what]
        for name in stored(script.before)
        if (what := size_role(name)) in small
        and isinstance(state.get(name), int)
        and state[name] > MANY
    }


def bind_named(
    session: Session, script: Script, file: str, x: str, y: str, parameters: Sequence[str]
) -> Iterator[Bound]:
    """The same where the names of rows, targets and parameters (W1, b1, ...) are known."""
    outcome = session.lay_out(script.name, {})
    if outcome.problem is not None:
        return
    rows, targets = standing(session, x), standing(session, y)
    given = Given({x: rows[0]}, {y: targets[0]}, {x: rows[1], y: targets[1]})
    held = settings(session, script, outcome.value)

    def chains() -> list[Slots]:
        arrays = [session.read(path).value for path in parameters]
        return list(ways_of(arrays, parameters))

    yield from bounds_of(session, script, file, held, given, chains)


def bounds_of(
    session: Session,
    script: Script,
    file: str,
    held: dict[str, Value],
    given: Given,
    chains: Chains,
) -> Iterator[Bound]:
    """What is known of a loop, in every format of its rows and targets."""
    step = Definition(
        f"the loop in line {script.line}", "function", file, script.line, (), (), script.node
    )
    plan = Plan(step, (step,))
    name = f"line {script.line}"
    found: list[Bound] = []
    for form, sizes in forms(session, given):
        for slots, data in laid_out(session, script, held, form, sizes, chains):
            root = ScriptRoot(session, script, held)
            state = gathered(session.state(""))
            root.values = {path: state[path] for path in slots.paths if path in state}
            first = first_weights(root, slots)
            found.append(Bound(name, root, slots, (plan,), form, data, first=first, whole=True))
            yield found[-1]
            if len(found) >= MOST_FORMS:
                return
    for bound in found if goes_over_rows(script) else ():  # one row makes one step
        assert bound.form is not None
        yield replace(bound, form=replace(bound.form, single=True))


def goes_over_rows(script: Script) -> bool:
    """Whether one pass may make a step for each row, or for one of them."""
    inside = [part for node in script.node.body for part in ast.walk(node)]
    if any(isinstance(part, ast.For | ast.While) for part in inside):
        return True
    if any("rand" in ast.unparse(part.func) for part in inside if isinstance(part, ast.Call)):
        return True
    told = {
        id(n)
        for part in inside
        if isinstance(part, ast.If) or is_print(part)
        for n in ast.walk(part)
    }
    target = script.node.target if isinstance(script.node, ast.For) else None
    own = set() if target is None else {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    return any(isinstance(n, ast.Name) and n.id in own and id(n) not in told for n in inside)


def is_print(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "print"


def settings(session: Session, script: Script, missing: Sequence[str]) -> dict[str, Value]:
    """Values for the settings that the loop reads: others than the file's, or those it lacks."""
    found: dict[str, Value] = {}
    state = session.state("")
    for name in rates_of_layers(script.node) - script.stores:
        value = session.read(name).value
        if is_rates(value):
            found[name] = value
    unknown = read_by(script.before) - script.reads - set(state) - set(dir(builtins))
    lacks = {*missing, *(name for name in unknown if session.read(name).problem is not None)}
    for name in script.reads | stored(script.before) | lacks:
        what = role(name)
        value = state.get(name)
        if what in HELD and isinstance(value, int | float) and not isinstance(value, bool):
            found[name] = value
        elif value is None and (name in lacks or size_role(name) in ("n_in", "n_out")):
            found[name] = lacking(name)
    return {name: value for name, value in found.items() if value is not None}


def rates_of_layers(loop: ast.AST) -> set[str]:
    """Lists whose numbers multiply what is taken from the parameters: `W2 -= rates[1] * dW2`."""
    updates = [
        node.value for node in ast.walk(loop)
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub)
    ]  # fmt: skip
    factors = [
        part for value in updates for part in ast.walk(value)
        if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name)
    ]  # fmt: skip
    return {ast.unparse(part.value) for part in factors if isinstance(part.slice, ast.Constant)}


def is_rates(value: Value) -> bool:
    """Whether a value may be a learning rate for each layer."""
    if not isinstance(value, list | tuple) or not 1 < len(value) <= MOST_LAYERS:
        return False
    return all(type(one) in (int, float) and one > 0 for one in value)


def lacking(name: str) -> Value:
    """A value for a name that the file could not make, by what it is called."""
    what, size = role(name), size_role(name)
    if what in ("X", "Y"):
        return None
    usual = {"rate": 0.1, "batch": ROWS, "rows": ROWS, "epochs": 100}
    sizes: dict[str, Value] = {
        "n_in": INPUTS, "n_hidden": DISTINCT.hidden[0], "n_out": OUTPUTS,
        "sizes": [INPUTS, DISTINCT.hidden[0], OUTPUTS],
    }  # fmt: skip
    if what in usual:
        return usual[what]
    if what in CONSTANTS and what not in ("test", "none"):
        return CONSTANTS[what]
    return sizes.get(size or "")


def rows_and_targets(session: Session, script: Script, missing: Sequence[str]) -> Given:
    """Which of the names that a loop reads are its rows and its targets."""
    given = Given({}, {})
    others = other_names(script)
    for name in sorted(script.reads):
        what = role(name) or role(others.get(name, ""))
        if what == "test":
            what = "Y" if is_targets(name) else "X"
        if what not in ("X", "Y"):
            continue
        value, owner = (None, "") if name in missing else standing(session, name)
        if value is None or shape_of(value):
            (given.xs if what == "X" else given.ys)[name] = value
            given.within[name] = owner
    more_xs, more_ys = unnamed_data(script, missing, [*given.xs], [*given.ys])
    given.xs.update(dict.fromkeys(more_xs))
    given.ys.update(dict.fromkeys(more_ys))
    xs, ys = without_changed(given.xs, script), without_changed(given.ys, script)
    return Given(xs, ys, given.within)


def standing(session: Session, name: str) -> tuple[Value, str]:
    """What stands under a name: an array that an object holds, and the class of that."""
    value = session.read(name).value
    if not isinstance(value, Thing):
        return value, ""
    arrays = [v for v in session.state(value.handle).values() if np.ndim(v) in (1, 2)]
    return (arrays[0], value.type_name) if len(arrays) == 1 else (value, "")


def other_names(script: Script) -> dict[str, str]:
    """The names that stand for what has another: `z1` after `z1 = x`."""
    return {
        node.targets[0].id: node.value.id
        for node in script.before
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Name)
    }


def without_changed(found: dict[str, Value], script: Script) -> dict[str, Value]:
    """The names that the loop does not change, where there are any: `d` may be a bias."""
    kept = {n: v for n, v in found.items() if n not in script.stores}
    return kept or {n: v for n, v in found.items() if n not in ("d", "t")}


def forms(session: Session, given: Given) -> Iterator[tuple[Format, list[int | None]]]:
    """The ways to put rows and targets there, and what is known of rows, inputs and outputs."""
    x = next((np.shape(v) for v in given.xs.values() if v is not None and np.ndim(v) == 2), None)
    for layout, x_way in X_WAYS.items():
        turn = -1 if layout == "columns" else 1
        rows, inputs = (None, None) if x is None else x[::turn]
        ways = Y_WAYS[layout]
        options: list[list[str]] = []
        for name, value in given.ys.items():
            options.append(labels_of(value, layout, rows, list(ways), name))
        for labels in itertools.product(*options):
            shapes = {
                np.shape(v)[::turn] for v in given.ys.values() if v is not None and np.ndim(v) == 2
            }
            count = rows or next((s[0] for s in shapes), None)
            outputs = next((s[1] for s in shapes if s[1] > 1 or "one-hot" in labels), None)
            if any(v is None for v in (*given.xs.values(), *given.ys.values())):
                count = ROWS  # what there is was made to hold rows that are not there
            yield (
                form_of(session, layout, x_way, dict(zip(given.ys, labels, strict=True)), given),
                [count, inputs, outputs],
            )


def labels_of(value: Value, layout: str, rows: int | None, ways: list[str], name: str) -> list[str]:
    """The kinds of labels that may stand under a name."""
    if value is None:
        return ways
    shape = np.shape(value)
    if len(shape) == 1:
        return ways[1:2]
    across, along = shape[::-1] if layout == "columns" else shape
    if rows is not None and across != rows:
        return []
    return ways[:1] if along > 1 else [ways[0], ways[2]]


def form_of(
    session: Session, layout: str, x_way: Way, labels: dict[str, str], given: Given
) -> Format:
    """A format that fills all names at once."""

    def within(name: str, array: Any) -> Any:
        owner = given.within.get(name)
        return session.call(owner, array).value if owner else array

    def x(data: Data) -> Any:
        return {name: within(name, like(x_way(data), value)) for name, value in given.xs.items()}

    def y(data: Data) -> Any:
        ways = Y_WAYS[layout]
        given_ys = given.ys.items()
        return {name: within(name, like(ways[labels[name]](data), v)) for name, v in given_ys}

    shown = next(iter(labels.values()))
    return Format(layout, shown, x, y)


def like(array: Any, there: Value) -> Any:
    """A list where the file has a list; whole numbers for classes where the file has them."""
    if isinstance(there, list):
        return array.tolist()
    return array


def laid_out(
    session: Session,
    script: Script,
    held: dict[str, Value],
    form: Format,
    sizes: list[int | None],
    chains: Chains,
) -> Iterator[tuple[Slots, Data]]:
    """The chains of layers that stand there when rows in this format do; sizes follow the chain."""
    rows, inputs, outputs = sizes
    known = (inputs, outputs)
    if None in known:
        found = chains()
        if found:
            known = (inputs or found[0].inputs, outputs or found[0].outputs)
    for _ in range(2):
        data = random_data(known[0] or INPUTS, known[1] or OUTPUTS, rows or ROWS)
        x, y = form.give(data)
        session.lay_out(script.name, held | x | y)
        found = chains()
        fitting = [s for s in found if (s.inputs, s.outputs) == (data.x.shape[1], data.y.shape[1])]
        if fitting or not found:
            yield from ((slots, data) for slots in fitting)
            return
        known = (inputs or found[0].inputs, outputs or found[0].outputs)


def slots_in(session: Session, script: Script, names: set[str]) -> list[Slots]:
    """The chains of layers among the names that the loop reads."""
    state = session.state("")
    read = script.reads - names
    own = {p: v for p, v in state.items() if p not in names and root_of(p) in read}
    return find_slots(gathered(own))


def root_of(path: str) -> str:
    """The name that a path begins with."""
    return path.replace("[", ".").partition(".")[0]
