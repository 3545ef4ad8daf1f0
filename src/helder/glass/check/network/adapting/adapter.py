"""An adapter: a few lines that say how somebody's network is used, in their own names."""

from __future__ import annotations

import ast
import itertools
import json
import keyword
from collections.abc import Sequence
from typing import Any

import numpy as np

from helder.glass.check.network import roles
from helder.glass.check.network.binding.beginning import beginnings
from helder.glass.check.network.binding.calls import flattened
from helder.glass.check.network.binding.code import Code
from helder.glass.check.network.binding.constructing import Wish, all_constructions
from helder.glass.check.network.binding.networks import methods_of
from helder.glass.check.network.binding.parameters import Slots, find_slots
from helder.glass.check.network.binding.planning import forward_rank, plans_of
from helder.glass.check.network.binding.templates import own_calls
from helder.glass.check.network.binding.trials import Plan
from helder.glass.check.network.scripts.loops import rows_and_targets, slots_in
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.reading.scripts import scripts
from helder.glass.check.reading.sources import MINE, Sources
from helder.glass.check.session import Session, Thing

UNKNOWN = "..."  # what the person fills in
WISH = Wish(hidden=(5,))
TEMPLATE = """\
from {module} import *

{made}
def parameters(): return {listed}
def forward(X): return {forward}
def step(X, Y, learning_rate): {step}
"""
TO_FILL_IN = {
    "made": f"net = {UNKNOWN}", "listed": f"[{UNKNOWN}]", "forward": UNKNOWN, "step": UNKNOWN,
}  # fmt: skip
OF_SCRIPT = """\
loop = {line}  # the line of the loop that trains
X, Y = {x!r}, {y!r}  # the names of its rows and of its targets
parameters = {listed}  # the names of W1, b1, W2, b2
"""


def adapter_for(session: Session, definitions: Sequence[Definition], sources: Sources) -> str:
    """The adapter to paste into a file of its own, the person's names filled in.

    Args:
        session: Where the file is loaded, which is asked what its networks hold.
        definitions: What the file defines.
        sources: Its text.
    """
    stem = sources.main.path.stem
    module = stem if stem.isidentifier() and not keyword.iskeyword(stem) else MINE
    found = (
        of_class(session, definitions, sources.trees)
        or of_functions(Code(session, definitions, sources.trees, WISH))
        or of_loop(session, sources)
        or TO_FILL_IN
    )
    if "line" in found:
        return OF_SCRIPT.format(**found)
    return TEMPLATE.format(**{"module": module, "inputs": 4, "outputs": 3} | found)


def script_adapter(session: Session, sources: Sources) -> str | None:
    """The adapter that names what a loop of the file works with; None where there is no loop."""
    found = of_loop(session, sources)
    return None if found is None else OF_SCRIPT.format(**found)


def of_class(
    session: Session, definitions: Sequence[Definition], trees: Sequence[ast.AST]
) -> dict[str, Any] | None:
    """The lines for the class that goes forward; with its arrays by name, where it can be made."""
    for owner in (d for d in definitions if d.kind == "class"):
        methods = [d for d in methods_of(owner, definitions) if not d.name.startswith("__")]
        forward = goes_forward(methods)
        if forward is None:
            continue
        arguments, slots = made(session, owner, definitions, trees)
        plan = best_plan(plans_of(methods), forward, methods)
        call = f"{owner.name}({written(arguments)})" if arguments is not None else None
        return {
            "made": f"net = {call or called(owner.name, owner, slots)}",
            "listed": listed("net", slots, f"[{UNKNOWN}]"),
            "forward": f"{turned(called(f'net.{forward.name}', forward, slots), slots)}",
            "step": in_turn([called(f"net.{d.name}", d, slots) for d in plan]),
            **sizes(slots),
        }
    return None


def made(
    session: Session,
    owner: Definition,
    definitions: Sequence[Definition],
    trees: Sequence[ast.AST],
) -> tuple[dict[str, Any] | None, Slots | None]:
    """The arguments with which an instance can be made, and its layers."""
    own = ((a, None, None) for a in own_calls(owner, definitions, trees, session))
    for arguments, *_ in itertools.chain(all_constructions(session, owner, WISH), own):
        plain = all(isinstance(v, int | float | str | list | None) for v in arguments.values())
        outcome = session.call(owner.path, **arguments)
        if plain and isinstance(outcome.value, Thing):
            found = find_slots(session.state(outcome.value.handle))
            return arguments, found[0] if found else None
    return None, None


def goes_forward(definitions: Sequence[Definition]) -> Definition | None:
    """The function that goes forward, by its name."""
    named = [d for d in definitions if roles.means(roles.FORWARD, d.name)]
    return min(named, key=forward_rank, default=None)


def best_plan(
    plans: Sequence[Plan], forward: Definition, known: Sequence[Definition]
) -> list[Definition]:
    """The calls of a step: training as a whole, else forward and what comes after it."""
    whole = [p for p in plans if len(p.steps) == 1 and not p.first]
    trains = [p for p in whole if roles.means(roles.TRAIN, p.steps[0].name)]
    longest = sorted(plans, key=lambda p: len(p.steps) + p.first, reverse=True)
    plan = next(iter([*trains, *longest]), None)
    if plan is None:
        named = [d for d in known if roles.means(roles.TRAIN, d.name)]
        return named[:1] or [forward]
    return [*([plan.forward] if plan.first and plan.forward else []), *plan.steps]


def of_functions(code: Code) -> dict[str, Any] | None:
    """The lines for functions that hand parameters on."""
    functions = code.functions
    forward = goes_forward(functions)
    if forward is None:
        return None
    for maker, values in beginnings(code):
        flat = {n + p: v for n, one in values.items() for p, v in flattened(one, "").items()}
        ways = find_slots(flat)
        if not ways:
            continue
        slots = ways[0]
        call = called(maker.path, maker, slots) if maker else drawn(values)
        names = list(values)
        many = len(names) > 1
        known = {name: name for name in names} if many else {names[0]: "net"}
        plan = [d for d in best_plan(plans_of(functions), forward, functions) if d is not maker]
        lines = [chained(d, slots, known, at == len(plan) - 1) for at, d in enumerate(plan)]
        going = called(forward.path, forward, slots, known)
        results = forward.returns[0] if forward.returns else ()
        last = f"[{len(results) - 1}]" if len(results) > 1 else ""
        return {
            "made": f"{', '.join(names) if many else 'net'} = {call}",
            "listed": f"[{', '.join(names)}]" if many else listed("net", slots, "net", names),
            "forward": f"{turned(going + last, slots)}",
            "step": in_turn(lines),
            **sizes(slots),
        }
    return None


def drawn(values: dict[str, Any]) -> str:
    """New random numbers in these shapes."""
    shapes = [f"np.random.randn{np.shape(value)}" for value in values.values()]
    return ", ".join(shapes)


def chained(definition: Definition, slots: Slots, known: dict[str, str], last: bool) -> str:
    """A call whose results later calls find under the names of its return statement."""
    text = called(definition.path, definition, slots, known)
    names = definition.returns[0] if definition.returns else ()
    plain = [name for name in names if name.isidentifier()]
    if last:
        return f"return {text}" if names else text
    if not plain or len(plain) < len(names):
        return f"gradients = {text}" if names else text
    known |= {name: name for name in plain}
    return f"{', '.join(plain)} = {text}"


def of_loop(session: Session, sources: Sources) -> dict[str, Any] | None:
    """The names of a script: of the loop whose names hold the most layers."""
    best: tuple[int, dict[str, Any]] | None = None
    for script in scripts(sources.main.tree):
        outcome = session.lay_out(script.name, {})
        if script.function or outcome.problem is not None:
            continue
        given = rows_and_targets(session, script, outcome.value)
        ways = slots_in(session, script, {*given.xs, *given.ys})
        x, y = next(iter(given.xs), UNKNOWN), next(iter(given.ys), UNKNOWN)
        paths = ordered(ways[0]) if ways else [UNKNOWN]
        changed = bool(script.stores & script.reads)
        found = {"line": script.line, "x": x, "y": y, "listed": quoted(paths)}
        rank = len(paths) + 10 * changed
        if best is None or rank > best[0]:
            best = rank, found
    return None if best is None else best[1]


def in_turn(lines: Sequence[str]) -> str:
    """The body of a function: behind its head where it is one line."""
    return lines[0] if len(lines) == 1 else "\n    " + "\n    ".join(lines)


def quoted(paths: Sequence[str]) -> str:
    """A list of texts."""
    return f"[{', '.join(json.dumps(path) for path in paths)}]"


def ordered(slots: Slots) -> list[str]:
    """W1, b1, W2, b2 by their paths."""
    pairs = zip(slots.weights, slots.biases, strict=True)
    return [slot.path for pair in pairs for slot in pair if slot is not None]


def listed(root: str, slots: Slots | None, usual: str, names: Sequence[str] = ()) -> str:
    """The arrays of a network, in their order."""
    if slots is None:
        return usual
    paths = ordered(slots)
    for name in names:
        paths = [path.removeprefix(name) for path in paths]
    rooted = [f"{root}{path}" for path in paths]
    return usual if any(path[:1].isalpha() for path in paths) else f"[{', '.join(rooted)}]"


def sizes(slots: Slots | None) -> dict[str, int]:
    """Of the network."""
    return {} if slots is None else {"inputs": slots.inputs, "outputs": slots.outputs}


def in_columns(slots: Slots | None) -> bool:
    """Whether the samples are likely to be columns: the weights stand as (units, inputs)."""
    return slots is not None and slots.weights[0].turned


def turned(text: str, slots: Slots | None) -> str:
    """What a call gives, in rows."""
    return f"{text}.T" if in_columns(slots) else text


def written(arguments: dict[str, Any]) -> str:
    """Arguments as a person writes them."""
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def called(
    name: str, definition: Definition, slots: Slots | None, known: dict[str, str] | None = None
) -> str:
    """A call of a function, its parameters as we can fill them."""
    turn = ".T" if in_columns(slots) else ""
    filled = {
        "X": f"X{turn}", "Y": f"Y{turn}", "rate": "learning_rate", "epochs": "1",
        "parameters": "net", "batch": "len(X)", "rows": "len(X)", "gradients": "gradients",
        "output": f"forward(X){turn}", "zero": "0", "one": "1", "pairs": "list(zip(X, Y))",
    }  # fmt: skip
    wanted = {"n_in": "4", "n_hidden": "5", "n_out": "3", "sizes": "[4, 5, 3]"}
    arguments = []
    for parameter in definition.parameters:
        if parameter.kind in ("args", "kwargs"):
            continue
        what, size = roles.role(parameter.name), roles.size_role(parameter.name)
        value = (known or {}).get(parameter.name)
        value = value or (wanted.get(size or "") if definition.kind == "class" else None)
        value = value or filled.get(what or "") or wanted.get(size or "")
        if what == "test":
            value = filled["X" if "x" in parameter.name.lower() else "Y"]
        if value is None and parameter.default is not None:
            continue
        arguments.append(f"{parameter.name}={value or UNKNOWN}")
    return f"{name}({', '.join(arguments)})"
