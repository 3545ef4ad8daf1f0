"""The printed summary of a chain of layers: a line per sum, with the shapes of its W and b.

Layers in front of the first sum have lines of their own.
"""

from __future__ import annotations

from math import prod

from helder.core.layers import Activate, Dense, Dropout, Layer, ParametricActivate
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
    front = [(type(layer).__name__.lower(), size((layer,))) for layer in layers[: starts[0]]]
    rows = [HEADER, *((name, "", "", "", f"{count:,}") for name, count in front)]
    for number, start in enumerate(starts, 1):
        last = number == len(starts)
        group = layers[start:] if last else layers[start : starts[number]]
        shapes = layers[start].parameters()
        bend = link_name if last else ", ".join(followed(group))
        name = "output" if last else str(number)
        rows.append((name, str(shapes["W"]), str(shapes["b"]), bend, f"{size(group):,}"))
    rows.append(("total", "", "", "", f"{size(layers):,}"))
    return "\n".join(aligned(rows, right=frozenset({len(HEADER) - 1})))


def size(group: tuple[Layer, ...]) -> int:
    """How many parameters some layers have."""
    return sum(prod(shape) for layer in group for shape in layer.parameters().values())


def followed(group: tuple[Layer, ...]) -> list[str]:
    """What follows a sum, in words."""
    words = []
    for layer in group:
        match layer:
            case BatchNorm():
                words.append("batch norm")
            case LayerNorm():
                words.append("layer norm")
            case ParametricActivate(activation=activation):
                words.append(f"parametric {activation.name}")
            case Activate(activation=activation):
                words.append(activation.name)
            case Dropout(rate=rate):
                words.append(f"dropout {rate:g}")
    return words
