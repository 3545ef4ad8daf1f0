"""Candidates: what is tried side by side, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from helder.core import Architecture, Parameters
from helder.errors import ArgumentError, pick
from helder.learn import MultilayerPerceptron
from helder.learn.members import NUMBERS, Member

MOST = 100  # candidates: each is a network of its own

Tries = tuple[tuple[str, tuple[float, ...]], ...]  # names, and the values to try for each


@dataclass(frozen=True)
class Trial:
    """What came of one candidate.

    Attributes:
        values: What was tried, by name.
        val_loss: Its smallest mean loss on the rows that chose; infinite where it ran off.
        kept: How many networks of the model are of this candidate.
    """

    values: dict[str, float]
    val_loss: float
    kept: int


def check_tries(tries: Tries) -> None:
    """Raises ArgumentError for a name or a value that cannot be tried."""
    count, names = 1, [name for name, _ in tries]
    for name, values in tries:
        pick(name, dict.fromkeys(NUMBERS), "hyperparameter to try")
        if names.count(name) > 1 or len(set(values)) < len(values):
            raise ArgumentError(
                "something is to be tried twice", got=name, accepted="each name and value once"
            )
        count *= len(values)
    if count > MOST:
        raise ArgumentError("these are too many candidates", got=count, accepted=f"at most {MOST}")
    candidates(Member(), tries)


def described(tries: Tries) -> list[dict[str, float]]:
    """Every combination of the values, by name."""
    names = [name for name, _ in tries]
    return [
        dict(zip(names, values, strict=True)) for values in product(*(some for _, some in tries))
    ]


def trials_together(repeats: Sequence[tuple[Trial, ...]]) -> tuple[Trial, ...]:
    """What came of each candidate over several repeats: its mean loss, and all that were kept."""
    return tuple(
        Trial(
            each[0].values,
            sum(one.val_loss for one in each) / len(each),
            sum(one.kept for one in each),
        )
        for each in zip(*repeats, strict=True)
    )


def candidates(member: Member, tries: Tries) -> list[Member]:
    """The member with every combination of what is tried; it alone where nothing is."""
    return [replace(member, **values) for values in described(tries)]  # type: ignore[arg-type]


def with_room(architecture: Architecture, tries: Tries) -> Architecture:
    """The architecture with a dropout wherever some candidate has one."""
    rates = [rate for name, values in tries for rate in values if name == "dropout"]
    return replace(architecture, dropout=max(rates)) if any(rates) else architecture


def settled(net: MultilayerPerceptron, values: dict[str, float]) -> MultilayerPerceptron:
    """The networks with an architecture as the chosen candidate has it; the numbers are shared."""
    own = {name: values[name] for name in ("dropout", "l1", "l2") if name in values}
    shape = replace(net.architecture, **own)  # type: ignore[arg-type]
    numbers = Parameters(shape.layers, net.parameters.values, net.parameters.statistics)
    return MultilayerPerceptron(
        shape, seed=net.seed, dtype=net.dtype, engine=net.engine.name, parameters=numbers
    )
