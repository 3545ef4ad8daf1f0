"""Gradients held against differences of the loss: of a network, or of any function of arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from helder.core.checking import check_count
from helder.core.layers import Activate, Dense, Theta
from helder.core.network import Network
from helder.core.tape import Tape
from helder.errors import ArgumentError, ShapeError
from helder.glass.agreement import COORDINATES, STEPS, Block, Coordinate, GradientCheck
from helder.learn import MultilayerPerceptron
from helder.typing import Floats

ROWS = 16  # more rows bring more kinks, and nothing else
JUMP = 0.1  # of a slope, within a step: a kink


def check(
    network: MultilayerPerceptron,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    member: int = 1,
    rows: int = ROWS,
    coordinates: int = COORDINATES,
    seed: int = 0,
) -> GradientCheck:
    """Holds the backpropagation of a network against differences of its loss, in float64.

    The pass is that of training: dropout keeps the masks of the first batch, a batch is normalised
    by itself. The network stays as it is. For an estimator, see its `check_gradients`.

    Args:
        network: The network.
        X: Inputs, (N, n_in).
        y: Targets as `network.train` takes them.
        member: Which of several networks, from 1.
        rows: How many rows are used at most, evenly spread over X.
        coordinates: How many numbers of each array are moved at most; 25 or more.
        seed: Which numbers, where there are more.

    Returns:
        Every number that was looked at, and the verdict: `ok`, `wrong`, `cannot tell`.

    Raises:
        ArgumentError: `network` is none, or a value cannot be used.
        ShapeError: X or y does not fit the network.
    """
    if not isinstance(network, MultilayerPerceptron):
        raise ArgumentError(
            "only a network can be checked",
            got=type(network).__name__,
            accepted="a MultilayerPerceptron",
            hint="an estimator has a method for it: model.check_gradients(X, y)",
        )
    check_count("rows", rows)
    check_count("member", member, most=len(network.members))
    net = precise(network.member(member - 1))
    tape = net.forward(X)
    target = net.network.loss.target(y, net.architecture.outputs).astype(float)  # (N, n_out)
    if len(target) != tape.rows:
        raise ShapeError("X and y have different numbers of rows", got=(tape.rows, len(target)))
    few = np.unique(np.linspace(0, tape.rows - 1, min(rows, tape.rows)).astype(int))
    tape, target = net.forward(tape.X[few]), target[few]
    moved = np.array(tape.X, float)  # the rows that are moved as well
    thetas = net.parameters.thetas()
    share = np.full((len(few), 1), 1 / len(few))  # (B, 1)

    def loss() -> float:
        net.network.forward(moved, thetas, tape)
        return float(net.network.value(target, share, thetas, tape))

    loss()
    net.network.backward(target, share, thetas, tape)
    return compare(
        loss,
        blocks_of(net.network, moved, thetas, tape),
        lambda: slopes_of(net.network, target, thetas, tape),
        coordinates=coordinates,
        seed=seed,
    )


def precise(net: MultilayerPerceptron) -> MultilayerPerceptron:
    """The same network in float64: in float32 a difference drowns in rounding."""
    mine = net.parameters
    values, statistics = mine.values.astype(float), mine.statistics.astype(float)
    return MultilayerPerceptron(
        net.architecture,
        seed=net.seed,
        dtype=float,
        engine="numpy",
        parameters=type(mine)(mine.layers, values, statistics),
        members=net.members,
    )


def blocks_of(
    network: Network, X: Floats, thetas: Sequence[Theta], tape: Tape
) -> dict[str, tuple[Floats, Floats]]:
    """Every array with a copy of its gradient from a tape, by name, the inputs among them."""
    found = {"x": (X, tape.pages[0].dx.copy())}
    depth = 0
    for place, (layer, theta, page) in enumerate(
        zip(network.layers, thetas, tape.pages, strict=True), start=1
    ):
        depth += type(layer) is Dense
        for name in layer.parameters():
            # A layer in front of all others has names of its own; several may be alike.
            called = f"{name}{depth}" if depth else f"{type(layer).__name__.lower()}{place}.{name}"
            found[called] = getattr(theta, name), getattr(page, f"d{name}").copy()
    return found


def slopes_of(
    network: Network, y: Floats, thetas: Sequence[Theta], tape: Tape
) -> list[npt.NDArray[np.floating]]:
    """Every slope that may jump: of activations, of the loss, and of the size of a weight."""
    found = [network.loss.gradient(tape.z, y)]
    for layer, theta, page in zip(network.layers, thetas, tape.pages, strict=True):
        if isinstance(layer, Activate):
            found.append(layer.activation.slope(page.z, getattr(page, "f", page.a)))
        elif isinstance(layer, Dense) and layer.l1:
            found.append(np.sign(theta.W))
    return found


def compare(
    loss: Callable[[], float],
    blocks: Mapping[str, tuple[Floats, Floats]],
    slopes: Callable[[], Sequence[Floats]] = list,
    *,
    coordinates: int = COORDINATES,
    seed: int = 0,
) -> GradientCheck:
    """Holds any gradients against differences of any loss.

    Args:
        loss: The loss as a function of the arrays, which it reads anew each time.
        blocks: By name: an array of float64, which is moved in place and put back, and the gradient
            that is to be checked, of the same shape.
        slopes: The slopes behind the last value of the loss, each an array; none for a loss without
            kinks.
        coordinates: How many numbers of each array are moved at most; 25 or more.
        seed: Which numbers, where there are more.

    Raises:
        ArgumentError: There is no array, or too few coordinates are asked for.
        ShapeError: An array and its gradient have different shapes.
    """
    check_count("coordinates", coordinates, least=COORDINATES)
    if not blocks:
        raise ArgumentError("there is nothing to check", accepted="at least one array")
    rng = np.random.default_rng(seed)
    found, here = [], loss()
    resolution = float(np.spacing(abs(here)) / (2 * STEPS[1]))
    for name, (array, gradient) in blocks.items():
        if array.shape != np.shape(gradient):
            raise ShapeError(
                f"{name} and its gradient have different shapes",
                got=np.shape(gradient),
                accepted=str(array.shape),
            )
        chosen = np.sort(rng.permutation(array.size)[:coordinates])
        places = [tuple(int(i) for i in np.unravel_index(flat, array.shape)) for flat in chosen]
        met = [
            Coordinate(
                at,
                float(array[at]),
                float(gradient[at]),
                moves(loss, slopes, array, at),
                resolution,
            )
            for at in places
        ]
        found.append(Block(name, array.shape, tuple(met)))
    return GradientCheck(here, tuple(found))


def moves(
    loss: Callable[[], float],
    slopes: Callable[[], Sequence[Floats]],
    array: Floats,
    at: tuple[int, ...],
) -> tuple[float | None, ...]:
    """The central difference of the loss for each step; None where a slope jumps within it."""
    before, found = array[at], []
    for step in STEPS:
        array[at] = before + step
        above, slopes_above = loss(), slopes()
        array[at] = before - step
        below, slopes_below = loss(), slopes()
        array[at] = before
        smooth = not any(map(jumps, slopes_above, slopes_below))
        found.append((above - below) / (2 * step) if smooth else None)
    return tuple(found)


def jumps(above: Floats, below: Floats) -> bool:
    """Whether a slope is another one on the other side of a step."""
    size = np.maximum(1, np.maximum(np.abs(above), np.abs(below)))
    return bool((np.abs(above - below) > JUMP * size).any())
