"""The steps of a trace as a person reads them: the row, forward, result, backward, update.

Numbers are rounded for reading; the trace has them exactly.
"""

from __future__ import annotations

import textwrap
from typing import NamedTuple

from helder.core.layers import Activate, Dense, Dropout
from helder.core.normalisation import StoredNorm
from helder.glass.tables import cut, header, laid_out, listed, rounded, row_of
from helder.glass.unit import Sum, check_unit, input_names, sum_back, sum_forward, unit_names
from helder.model.formulas import slope_reads
from helder.model.trace import Trace, TracedLayer
from helder.text import say

WIDTH = 79  # of a sentence on a screen


class Step(NamedTuple):
    """One screen: a title and lines of text."""

    title: str
    lines: list[str]


def steps(trace: Trace, layer: int | None = None, unit: int | None = None) -> list[Step]:
    """The steps of a trace in order.

    Args:
        trace: The trace.
        layer: Only what belongs to this dense layer, from 1.
        unit: A unit of that layer, from 1, whose sums are written out with their numbers.

    Raises:
        ArgumentError: There is no such layer or unit.
    """
    check_unit(trace, layer, unit)
    chain = [one for one in trace.layers if layer in (None, one.number)]
    found = [] if layer else [row_step(trace)]
    for one in chain:
        found.append(forward_step(trace, one))
        if unit and isinstance(one.layer, Dense):
            found.append(unit_forward(trace, one, unit))
    if layer in (None, len(trace.dense)):
        found.append(result_step(trace))
    if not trace.has_target:
        return found
    for one in reversed(chain):
        found.append(backward_step(trace, one))
        if unit and isinstance(one.layer, Dense):
            found.append(unit_backward(trace, one, unit))
    return found + [update_step(trace, one) for one in chain if one.numbers.of("update")]


def row_step(trace: Trace) -> Step:
    """The inputs by name."""
    x = trace.layers[0].numbers[0].values[0]  # (n_in,)
    rows = [(name, rounded(value)) for name, value in zip(trace.inputs, x, strict=True)]
    return Step(say("step.row"), parts(laid_out(cut(rows)), told("step.row_why")))


def forward_step(trace: Trace, one: TracedLayer) -> Step:
    """One layer on the way forward, and what is kept for the way back."""
    table = listed(one.numbers.of("input", "parameter", "statistic", "forward"))
    if isinstance(one.layer, Dense):
        rows = [
            (name, rounded(x), *row_of("", W)[1:])
            for name, x, W in zip(input_names(trace, one), one["x"][0], one["W"], strict=True)
        ]
        ends = [(name, "", *row_of("", one[name][0])[1:]) for name in ("b", "z")]
        table = laid_out([header(unit_names(trace, one), "", "x"), *cut(rows), *ends])
        table = [*shapes(one, "x", "W", "b", "z"), "", *table]
    said = [*about(one, "forward"), *(kept(one) if trace.has_target else [])]
    return Step(title("forward", one), parts(formulas(one, "forward"), table, said))


def backward_step(trace: Trace, one: TracedLayer) -> Step:
    """One layer on the way back."""
    table = listed(one.numbers.of("backward"))
    if isinstance(one.layer, Dense):
        dx = one["dx"][0]  # (n_in,)
        rows = [
            (name, rounded(back), *row_of("", dW)[1:])
            for name, back, dW in zip(input_names(trace, one), dx, one["dW"], strict=True)
        ]
        ends = [(name, "", *row_of("", one[name][0])[1:]) for name in ("db", "dz")]
        table = laid_out([header(unit_names(trace, one), "", "dx"), *cut(rows), *ends])
        table = [*shapes(one, "dz", "dW", "db", "dx"), "", *table]
    return Step(
        title("backward", one), parts(formulas(one, "backward"), table, about(one, "backward"))
    )


def update_step(trace: Trace, one: TracedLayer) -> Step:
    """The parameters of one layer after the update."""
    table = listed(one.numbers.of("update"))
    if isinstance(one.layer, Dense):
        names = input_names(trace, one)
        rows = [row_of(name, W) for name, W in zip(names, one["W_new"], strict=True)]
        end = row_of("b_new", one["b_new"][0])
        table = laid_out([header(unit_names(trace, one), ""), *cut(rows), end])
    said = told("step.why_update", rate=trace.learning_rate)
    return Step(title("update", one), parts(formulas(one, "update"), table, said))


def result_step(trace: Trace) -> Step:
    """The prediction, the target and the loss."""
    lines = [line for number in trace.result for line in folded(number.formula)]
    columns = {"z": trace.layers[-1]["z"][0]}  # (n_out,)
    columns |= {one.name: one.values[0] for one in trace.result if one.values.ndim == 2}
    rows = [
        (name, *(rounded(values[place]) for values in columns.values()))
        for place, name in enumerate(trace.outputs)
    ]
    table = laid_out([("", *columns), *cut(rows)])
    if not trace.has_target:
        return Step(say("step.result"), parts(lines, table, told("step.no_target")))
    gradient = trace.layers[-1].numbers.of("backward")[0].formula
    loss = [f"loss  {rounded(trace.result.named('loss'))}"]
    said = told("step.kept_p", formula=gradient)
    return Step(say("step.result"), parts(lines, table, loss, said))


def unit_forward(trace: Trace, one: TracedLayer, unit: int) -> Step:
    """The sum of one unit, a line for each input."""
    found = sum_forward(one, unit, input_names(trace, one))
    table = products(found, ("", "x", "", "W", "", "x W"))
    name = say("step.unit_forward", layer=one.number, unit=unit)
    return Step(name, parts(told("step.written_z"), table))


def unit_backward(trace: Trace, one: TracedLayer, unit: int) -> Step:
    """What the layer behind says of one unit, and what the weights into the unit get of it."""
    back = []
    for behind in trace.dense[one.number : one.number + 1]:
        found = sum_back(behind, unit, unit_names(trace, behind))
        back = [*told("step.written_dx", number=behind.number), ""]
        back += products(found, ("", "dz", "", "W", "", "dz W"))
        back += ["", *through_the_bend(trace, one, unit)]
    column = [one[name][:, unit - 1] for name in ("dW", "W", "W_new")]
    weights = [
        (name, *map(rounded, numbers))
        for name, *numbers in zip(input_names(trace, one), one["x"][0], *column, strict=True)
    ]
    bias = [rounded(one[name][0, unit - 1]) for name in ("db", "b", "b_new")]
    table = laid_out([("", "x", "dW", "W", "W_new"), *weights, ("b", "", *bias)])
    dz = rounded(one["dz"][0, unit - 1])
    forms = {f"{name}_formula": formula_of(one, name) for name in ("dW", "W_new")}
    said = told("step.written_dW", dz=dz, **forms)
    name = say("step.unit_backward", layer=one.number, unit=unit)
    return Step(name, parts(back, said, table))


def through_the_bend(trace: Trace, one: TracedLayer, unit: int) -> list[str]:
    """How the dz of a unit comes of its da, where its sum goes right into an activation."""
    at = trace.layers.index(one)
    bend, behind = trace.layers[at + 1], trace.layers[at + 2]
    if not isinstance(bend.layer, Activate):
        return []
    cell = (0, unit - 1)
    slope = bend.layer.activation.slope(bend["z"], bend["a"])[cell]
    numbers = {"da": behind["dx"][cell], "slope": slope, "dz": bend["dz"][cell]}
    written = {name: rounded(value) for name, value in numbers.items()}
    return told("step.written_dz", formula=formula_of(bend, "dz"), **written)


def products(found: Sum, columns: tuple[str, ...]) -> list[str]:
    """A sum as a table, its result below."""
    rows = [
        (term.name, rounded(term.number), "*", rounded(term.weight), "=", rounded(term.value))
        for term in found.terms
    ]
    added = [("+ b", "", "", "", "", rounded(found.bias))] if found.name == "z" else []
    ends = [*added, (f"{found.name}", "", "", "", "=", rounded(found.value))]
    return laid_out([columns, *rows, *ends])


def title(way: str, one: TracedLayer) -> str:
    """The title of the step of a layer."""
    where = say("step.layer", number=one.number) if one.number else say("step.front")
    return say(f"step.{way}", layer=where, kind=say(f"step.kind_{one.kind}"))


def formulas(one: TracedLayer, role: str) -> list[str]:
    """The formulas of a layer on one way."""
    return [line for number in one.numbers.of(role) for line in folded(number.formula)]


def folded(formula: str | None) -> list[str]:
    """A formula in lines that fit a screen."""
    return textwrap.wrap(formula or "", WIDTH, subsequent_indent="    ")


def formula_of(one: TracedLayer, name: str) -> str:
    """The formula of one array."""
    return next(number.formula or "" for number in one.numbers if number.name == name)


def about(one: TracedLayer, way: str) -> list[str]:
    """What is particular to a layer in prediction."""
    if isinstance(one.trained_as, Dropout):
        return told(f"step.dropout_{way}")
    if isinstance(one.layer, StoredNorm):
        return told(f"step.stored_{way}")
    return told("step.why_dW") if isinstance(one.layer, Dense) and way == "backward" else []


def kept(one: TracedLayer) -> list[str]:
    """Why what a layer computes is kept, and which line of the way back uses it."""
    if isinstance(one.layer, Dense):
        return told("step.kept_x", formula=formula_of(one, "dW"))
    if not isinstance(one.layer, Activate):
        return []
    reads = " and ".join(slope_reads(one.layer))
    lines = told("step.kept_a", number=one.number + 1)
    return lines + (told("step.kept_slope", names=reads) if reads else [])


def told(key: str, **values: object) -> list[str]:
    """A sentence in lines that fit a screen."""
    return textwrap.wrap(say(key, **values), WIDTH)


def shapes(one: TracedLayer, *names: str) -> list[str]:
    """The shapes of some arrays, in a line."""
    return ["   ".join(f"{name} {one[name].shape}" for name in names)]


def parts(*blocks: list[str]) -> list[str]:
    """Blocks of lines with an empty line between them; a block without lines is left out."""
    lines: list[str] = []
    for block in filter(None, blocks):
        lines += [*([""] if lines else []), *block]
    return lines
