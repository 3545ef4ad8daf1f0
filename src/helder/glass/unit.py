"""One unit of a trace: its sums written out, term by term."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from helder.errors import ArgumentError
from helder.model.trace import Trace, TracedLayer, numbered
from helder.typing import Floats


class Term(NamedTuple):
    """One product of a sum.

    Attributes:
        name: Of the unit or input on its other side.
        number: What comes from there.
        weight: What it is multiplied by.
    """

    name: str
    number: float
    weight: float

    @property
    def value(self) -> float:
        """The product."""
        return self.number * self.weight


class Sum(NamedTuple):
    """A sum: its products, what is added to them, and what the tape has as the result."""

    name: str
    terms: tuple[Term, ...]
    bias: float
    value: float


def check_unit(trace: Trace, layer: int | None, unit: int | None) -> None:
    """Raises ArgumentError where there is no such layer or unit, both counted from 1."""
    if layer is None:
        if unit is not None:
            raise ArgumentError("a unit is one of a layer", hint="--layer says of which")
        return
    count = len(trace.dense)
    if not 1 <= layer <= count:
        raise ArgumentError(
            "there is no such layer", got=layer, accepted=f"1 to {count}; the last is the output"
        )
    units = trace.dense[layer - 1]["z"].shape[1]
    if unit is not None and not 1 <= unit <= units:
        raise ArgumentError(f"layer {layer} has no such unit", got=unit, accepted=f"1 to {units}")


def sum_forward(dense: TracedLayer, unit: int, names: Sequence[str]) -> Sum:
    """`z = x_1 W_1 + ... + b` of a unit, from 1; the products are in double precision."""
    x, weights = dense["x"][0], dense["W"][:, unit - 1]  # (n_in,)
    return Sum(
        "z", terms(names, x, weights), float(dense["b"][0, unit - 1]), last(dense, "z", unit)
    )


def sum_back(behind: TracedLayer, unit: int, names: Sequence[str]) -> Sum:
    """`dx = dz_1 W_1 + ...` of an input of a layer, from 1: what comes back to that unit."""
    return Sum(
        "dx", terms(names, behind["dz"][0], behind["W"][unit - 1]), 0.0, last(behind, "dx", unit)
    )


def last(dense: TracedLayer, name: str, unit: int) -> float:
    """The number that the tape has for the unit."""
    return float(dense[name][0, unit - 1])


def terms(names: Sequence[str], numbers: Floats, weights: Floats) -> tuple[Term, ...]:
    """A product for each name."""
    triples = zip(names, numbers, weights, strict=True)
    return tuple(Term(name, float(number), float(weight)) for name, number, weight in triples)


def described_unit(trace: Trace, layer: int, unit: int) -> dict[str, object]:
    """The sums of a unit in plain values."""
    dense = trace.dense[layer - 1]
    sums = [sum_forward(dense, unit, input_names(trace, dense))]
    if trace.has_target and layer < len(trace.dense):
        behind = trace.dense[layer]
        sums.append(sum_back(behind, unit, unit_names(trace, behind)))
    return {
        "layer": layer,
        "unit": unit,
        "sums": [
            {
                "name": one.name,
                "terms": [term._asdict() for term in one.terms],
                "bias": one.bias,
                "value": one.value,
            }
            for one in sums
        ],
    }


def input_names(trace: Trace, dense: TracedLayer) -> tuple[str, ...]:
    """What the inputs of a dense layer are called: by the table, or by number."""
    if trace.layers[0] is dense:
        return trace.inputs
    return numbered("x", dense["x"].shape[1])


def unit_names(trace: Trace, dense: TracedLayer) -> tuple[str, ...]:
    """What the units of a dense layer are called: by what is predicted, or by number."""
    if trace.layers[-1] is dense:
        return trace.outputs
    return numbered("unit ", dense["z"].shape[1])
