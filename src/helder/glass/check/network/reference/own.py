"""The person's own activations, for a network that uses one that the book does not have."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from helder.core.activations import ACTIVATIONS, Activation
from helder.glass.check.causes import WRONG
from helder.glass.check.findings import FunctionCheck
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session
from helder.typing import Floats

GRID = np.array([[-2.0, -1.0, -0.5], [0.3, 1.0, 2.5]])
STEP = 1e-5  # of the difference that gives the slope
MOST = 4
MOST_UNNAMED = 8  # functions that are tried
BENDING = ("np.where", "np.maximum", "numpy.where", "numpy.maximum", "max")
LEAST_SLOPE, MOST_SLOPE = 1e-4, 0.5  # of a leaky ReLU below zero
OF_THE_BOOK = (-float(ACTIVATIONS["leaky_relu"].function(np.array([-1.0]))[0]),)
NOT_ELEMENTWISE = ("softmax", "derivative", "loss", "entropy", "error", "hot")


def own_activations(
    session: Session, functions: Sequence[FunctionCheck], definitions: Sequence[Definition]
) -> tuple[Activation, ...]:
    """Functions that were found to be activations, and that the book has not as they are."""
    found = [leaky(slope) for slope in dict.fromkeys(written_slopes(session, definitions))]
    paths = {d.path: d for d in definitions}
    for check in functions:
        definition = paths.get(check.name)
        if definition is None or definition.kind not in ("function", "static"):
            continue
        if check.line != definition.line:
            continue  # of a formula that is written out in it
        if any(part in check.kind for part in NOT_ELEMENTWISE) or check.verdict == WRONG:
            continue
        activation = as_activation(session, check.name)
        if activation is not None and len(found) < MOST:
            found.append(activation)
    lines = {(check.name, check.line) for check in functions}
    known = {d.path for d in definitions if (d.path, d.line) in lines}
    for definition in unnamed(definitions, known):
        activation = as_activation(session, definition.path) if len(found) < MOST else None
        if activation is not None and rises(activation):
            found.append(activation)
    return tuple(found)


def unnamed(definitions: Sequence[Definition], known: set[str]) -> list[Definition]:
    """Functions of one number that no name says anything of: any of them may be an activation."""
    found = [
        d
        for d in definitions
        if d.kind in ("function", "static")
        and d.path not in known
        and len([p for p in d.parameters if p.default is None]) == 1
        and any(d.returns)
        and not any(part in d.name.lower() for part in (*NOT_ELEMENTWISE, "norm", "scal"))
    ]
    return found[:MOST_UNNAMED]


def rises(activation: Activation) -> bool:
    """Whether a larger number never gives a smaller one, and many different ones come out."""
    values = activation.function(GRID).ravel()
    return bool((np.diff(values) >= 0).all()) and len(set(values)) > GRID.size // 2


def written_slopes(session: Session, definitions: Sequence[Definition]) -> Iterator[float]:
    """The slopes below zero of leaky ReLUs that stand in place: `np.where(z > 0, z, 0.05 * z)`."""
    bends = [
        node
        for definition in definitions
        for node in ast.walk(definition.node)
        if isinstance(node, ast.IfExp)
        or (isinstance(node, ast.Call) and ast.unparse(node.func) in BENDING)
    ]
    parts = [part for bend in bends for part in ast.walk(bend)]
    names = dict.fromkeys(part.id for part in parts if isinstance(part, ast.Name))
    values = [part.value for part in parts if isinstance(part, ast.Constant)]
    for value in (*values, *(session.read(name).value for name in names)):
        if (
            isinstance(value, float)
            and LEAST_SLOPE < value < MOST_SLOPE
            and value not in OF_THE_BOOK
        ):
            yield value


def as_activation(session: Session, path: str) -> Activation | None:
    """A function as an activation; None where it is one of the book's, or not elementwise."""
    values = called(session, path)(GRID)
    if values is None or values.shape != GRID.shape or not np.isfinite(values).all():
        return None
    if any(np.allclose(values, a.function(GRID), atol=1e-9) for a in ACTIVATIONS.values()):
        return None
    slope = -float(values[0, 1])
    if np.allclose(values, np.where(GRID > 0, GRID, slope * GRID)):
        return leaky(slope)
    function = called(session, path)

    def value(z: Floats) -> Floats:
        found = function(z)
        return np.full(z.shape, np.nan) if found is None or found.shape != z.shape else found

    return Activation(path, value, lambda z, a: (value(z + STEP) - value(z - STEP)) / (2 * STEP))


def leaky(slope: float) -> Activation:
    """A leaky ReLU with a slope of its own."""
    return Activation(
        "leaky_relu",
        lambda z: np.where(z > 0, z, slope * z),
        lambda z, a: np.where(z > 0, 1.0, slope),
    )


def called(session: Session, path: str) -> Callable[[Floats], Floats | None]:
    """A function of the file as one of arrays; what it once gave is kept."""
    kept: dict[bytes, Floats | None] = {}

    def function(z: Floats) -> Floats | None:
        key = z.tobytes()
        if key not in kept:
            value = session.call(path, z).value
            if isinstance(value, tuple) and value:
                value = value[0]  # (a, cache)
            kept[key] = value if isinstance(value, np.ndarray) else None
        return kept[key]

    return function
