"""The printed summary of an architecture: a line per layer, with the shapes of its W and b."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from helder.core.layers import Dense

if TYPE_CHECKING:
    from helder.core.architecture import Architecture, Hidden

HEADER = ("layer", "W", "b", "activation", "parameters")


def summary(architecture: Architecture) -> str:
    """The architecture as a table.

    Example:
        layer    W       b       activation  parameters
        1        (6, 3)  (1, 3)  relu                21
        output   (3, 3)  (1, 3)  softmax             12
        total                                        33
    """
    layers = architecture.layers
    starts = [place for place, layer in enumerate(layers) if isinstance(layer, Dense)]
    names = [str(number) for number in range(1, len(starts))] + ["output"]
    bends = [bend(layer) for layer in architecture.hidden_layers]
    bends.append(architecture.loss.link_name)
    rows, total = [HEADER], 0
    for name, start, end, what in zip(names, starts, [*starts[1:], None], bends, strict=True):
        dense = layers[start]
        assert isinstance(dense, Dense)
        shapes = [shape for layer in layers[start:end] for shape in layer.parameters().values()]
        count = sum(prod(shape) for shape in shapes)
        total += count
        W, b = dense.parameters()["W"], dense.parameters()["b"]
        rows.append((name, str(W), str(b), what, f"{count:,}"))
    rows.append(("total", "", "", "", f"{total:,}"))
    return aligned(rows)


def bend(layer: Hidden) -> str:
    """What follows the sum of a hidden layer, in words."""
    assert not isinstance(layer.activation, str | None)
    parts = [layer.activation.name]
    if layer.normalisation != "none":
        parts.insert(0, f"{layer.normalisation} norm")
    if layer.dropout:
        parts.append(f"dropout {layer.dropout:g}")
    return ", ".join(parts)


def aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows of text as columns, the last one to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        lines.append("  ".join([*cells, row[-1].rjust(widths[-1])]))
    return "\n".join(lines)
