"""Adapters that give a loss and its gradients, for networks that no reference follows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from helder.glass.check.causes import OK
from helder.glass.check.network.adapting.bench import Bench, matched
from helder.glass.check.network.adapting.drafting import Draft, drafts
from helder.glass.check.network.adapting.lines import LOSS
from helder.glass.check.network.adapting.making import (
    LOCALS,
    RATE,
    Tried,
    call_text,
    calls_of,
    function,
    making,
    stepping,
)
from helder.glass.check.network.adapting.own_loss import forms_of, goes_along, of_own_loss
from helder.glass.check.network.adapting.writing import Writer
from helder.glass.check.network.binding.formats import Data, Format
from helder.glass.check.network.binding.gradients import GRADIENT
from helder.glass.check.network.binding.parameters import is_bias
from helder.glass.check.network.binding.trials import SMALL_RATE
from helder.glass.check.session import Value

MOST_ARRAYS = 40
MOST_LOSSES = 6
MOST_FORMS = 9
FEW = 8  # numbers, of which fewer are no network's
LARGEST = 20_000  # numbers in an array that may be a parameter
RANK = 7  # of an adapter whose gradient is right: as high as one that is compared


@dataclass(frozen=True)
class Weighed:
    """A loss that an adapter may give, and what it depends on.

    Attributes:
        text: The function.
        forms: How it may take rows and targets, which are there too.
        arrays: The parameters, by their paths.
        left_out: Whether a bias is none of them: then the way forward may be wrong.
    """

    text: str
    forms: tuple[tuple[Format, Data], ...]
    arrays: dict[str, Value]
    left_out: bool


def attempts_by_loss(bench: Bench, writer: Writer) -> Iterator[Tried]:
    """The adapters of a file whose gradient is that of a loss of the person's."""
    for draft in drafts(writer):
        if bench.deadline.over:
            return
        yield from by_loss(bench, writer, draft)


def by_loss(bench: Bench, writer: Writer, draft: Draft) -> Iterator[Tried]:
    """Those of one draft."""
    if not bench.begins(making(draft)):
        return
    state = {
        path: one
        for name in draft.names
        for path, one in bench.state_of(bench.session.read(name).value, name).items()
        if isinstance(one, np.ndarray) and one.dtype.kind == "f" and 0 < one.size <= LARGEST
    }
    if not 0 < len(state) <= MOST_ARRAYS:
        return
    for text in list(losses(writer, draft))[:MOST_LOSSES]:
        if bench.deadline.over:
            return
        weighed = weigh(bench, draft, text, state)
        if weighed is not None:
            yield from held_against(bench, draft, weighed)


def losses(writer: Writer, draft: Draft) -> Iterator[str]:
    """The functions that may give the loss: the person's own, else a number of the step."""
    for definition in writer.code.definitions:
        if LOSS.fullmatch(definition.name):
            call = call_text(writer, draft, definition, ("X", "Y"))
            several = any(len(names) > 1 for names in definition.returns)
            for part in ("[0]", "[1]") if several else ("",):
                if call is None or call.startswith("None"):
                    break
                yield function("loss(X, Y)", [f"return {call}{part}"])
    if draft.loss:
        yield function("loss(X, Y)", [RATE.sub("0.1", line) for line in draft.loss])
    own = [RATE.sub("0.1", line) for line in draft.step if not line.startswith("global ")]
    for at, line in enumerate(own):
        for last in numbers_of(line):
            yield function("loss(X, Y)", [*own[:at], last])


def numbers_of(line: str) -> Iterator[str]:
    """For each name that a line gives the result of a call, a line that returns that alone."""
    try:
        node = ast.parse(line).body[0]
    except (SyntaxError, IndexError):
        return
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return
    target, call = node.targets[0], ast.unparse(node.value)
    if isinstance(target, ast.Tuple):
        yield from (f"return {call}[{at}]" for at in range(len(target.elts)))
    elif isinstance(target, ast.Name):
        yield f"return {call}"


def parameters(arrays: dict[str, Value]) -> str:
    """The function that lists arrays."""
    roots = {re.sub(r"\[\d+\]$", "", path) for path in arrays}
    root = next(iter(roots))
    whole = len(roots) == 1 and list(arrays) == [f"{root}[{at}]" for at in range(len(arrays))]
    return function(
        "parameters()", [f"return {root}" if whole else f"return [{', '.join(arrays)}]"]
    )


def weigh(bench: Bench, draft: Draft, text: str, state: dict[str, Value]) -> Weighed | None:
    """A loss with the arrays that it depends on; None where it gives no number."""
    if not bench.define(making(draft) + parameters(state) + text):
        return None
    arrays = list(state.values())
    draw = np.random.default_rng(1)
    forms = tuple(forms_of(bench.session, arrays))[:MOST_FORMS]
    if not forms:
        return None
    x, y = forms[0][0].give(forms[0][1])

    def loss(values: Sequence[Value]) -> Value:
        return bench.session.call("helder_loss", list(values), x, y).value

    here, moved = loss(arrays), dict[str, Value]()
    for at, (path, array) in enumerate(state.items()):
        other = [*arrays[:at], array + draw.normal(0, 0.1, array.shape), *arrays[at + 1 :]]
        there = loss(other)
        if isinstance(there, float) and there != here:
            moved[path] = array
    some = any(np.ndim(array) == 2 or array.size > FEW for array in moved.values())
    idle = [path for path in state if path not in moved and not GRADIENT.search(path)]
    return Weighed(text, forms, moved, any(map(is_bias, idle))) if some else None


def held_against(bench: Bench, draft: Draft, weighed: Weighed) -> Iterator[Tried]:
    """The adapters that give this loss with gradients of the draft's lines that are its own."""
    head = making(draft) + parameters(weighed.arrays)
    arrays = list(weighed.arrays.values())
    for given in gradients_of(bench, draft, head, weighed):
        for words, text in given:
            if not bench.define(head + text + weighed.text) or not any(
                goes_along(bench.session, arrays, form, data) for form, data in weighed.forms
            ):
                continue
            found = of_own_loss(bench.session, arrays, words, bench.deadline)
            if found is not None and found.verdict == OK:
                yield Tried(
                    head + weighed.text + text, RANK, finding=None if weighed.left_out else found
                )
                return


def gradients_of(
    bench: Bench, draft: Draft, head: str, weighed: Weighed
) -> Iterator[list[tuple[set[str], str]]]:
    """What may give the gradients: the lines with fewer and fewer of the last, then the step."""
    own = [RATE.sub("0.1", line) for line in draft.step]
    for count in range(len(own), 0, -1):
        part = own[:count]
        if bench.deadline.over:
            return
        if own[count - 1].startswith((" ", "global ")):
            continue
        for last in (part, *([*part[:-1], f"found = {call}"] for call in calls_of(part[-1]))):
            if not bench.define(head + function("step(X, Y, rate)", [*last, LOCALS])):
                continue
            paths = paths_of(bench, draft, weighed)
            if paths:
                yield [({"gradients", "loss"}, text) for text in shapes_of(last, paths)]
    yield [({"step", "loss"}, stepping(draft.step))]


def shapes_of(lines: list[str], paths: Sequence[str]) -> Iterator[str]:
    """The function that gives these gradients, the shortest form first."""
    lines = used(lines)
    name, _, call = lines[-1].partition(" = ")
    listed = f"[{', '.join(paths)}]"
    part = paths[0].removeprefix("found")
    if paths[0] in name.split(", ")[:-1] or paths[0] in name.split(", ")[1:]:
        part = f"[{name.split(', ').index(paths[0])}]"
    if len(paths) == 1 and part.startswith("["):
        last = f"return [{call}{part}]"
        yield function("gradients(X, Y)", [*lines[:-1], last])
        return
    if name.isidentifier() and all(path.startswith(name) for path in paths):
        yield function("gradients(X, Y)", [*lines[:-1], f"return {call}"])
    yield function("gradients(X, Y)", [*lines, f"return {listed}"])


def used(lines: Sequence[str]) -> list[str]:
    """The lines without names that none of them reads, where NumPy alone made them."""
    kept = list(lines[-1:])
    stored = {n for line in lines for n in re.findall(r"\w+", line.partition("=")[0])
              if not line.startswith("global ")}  # fmt: skip
    lines = [line for line in lines if not line.startswith("global ") or
             stored & set(re.findall(r"\w+", line)[1:])]  # fmt: skip
    for line in reversed(lines[:-1]):
        name, _, value = line.partition(" = ")
        idle = name.isidentifier() and re.fullmatch(r"\[?np\.\w+\([\w., ]*\).*", value)
        if not idle or any(re.search(rf"\b{name}\b", other) for other in kept):
            kept.insert(0, line)
    return kept


def paths_of(bench: Bench, draft: Draft, weighed: Weighed) -> list[str]:
    """Where the gradients stand after these lines, which gave all their names."""
    draw = np.random.default_rng(2)
    values = [np.array(a + draw.normal(0, 0.5, a.shape)) for a in weighed.arrays.values()]
    for form, data in weighed.forms:
        x, y = form.give(data)
        found = bench.locals_after(values, x, y, SMALL_RATE, draft.names)
        paths = matched(values, list(weighed.arrays), found) if found else []
        if paths:
            return paths
    return []
