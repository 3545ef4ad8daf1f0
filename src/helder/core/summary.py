"""The printed summary of a chain of layers: a line per sum, with the shapes of its W and b."""

from __future__ import annotations

from math import prod

from helder.core.layers import Activate, Dense, Dropout, Layer
from helder.core.normalisation import BatchNorm, LayerNorm
from helder.text import aligned

HEADER = ("layer", "W", "b", "activation", "parameters")


def summary(layers: tuple[Layer, ...], link_name: str) -> str:
    """The layers as a table.

    Example:
        layer   W       b       activation  parameters
        1       (6, 3)  (1, 3)  relu                21
        output  (3, 3)  (1, 3)  softmax             12
        total                                       33

    Args:
        layers: The chain.
        link_name: What follows the last sum.
    """
    starts = [place for place, layer in enumerate(layers) if isinstance(layer, Dense)]
    rows, total = [HEADER], 0
    for number, start in enumerate(starts, 1):
        last = number == len(starts)
        group = layers[start:] if last else layers[start : starts[number]]
        shapes = layers[start].parameters()
        count = sum(prod(shape) for layer in group for shape in layer.parameters().values())
        bend = link_name if last else ", ".join(followed(group))
        name = "output" if last else str(number)
        rows.append((name, str(shapes["W"]), str(shapes["b"]), bend, f"{count:,}"))
        total += count
    rows.append(("total", "", "", "", f"{total:,}"))
    return "\n".join(aligned(rows, right=frozenset({len(HEADER) - 1})))


def followed(group: tuple[Layer, ...]) -> list[str]:
    """What follows a sum, in words."""
    words = []
    for layer in group:
        match layer:
            case BatchNorm():
                words.append("batch norm")
            case LayerNorm():
                words.append("layer norm")
            case Activate(activation=activation):
                words.append(activation.name)
            case Dropout(rate=rate):
                words.append(f"dropout {rate:g}")
    return words
