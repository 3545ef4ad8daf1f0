"""The rule by which two gradients agree, and what a check has found, number by number.

The middle difference is the numeric gradient; the nearer of its two neighbours says how far it can
be trusted. Where a slope jumps on the way, as that of a relu does at zero, nothing is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from helder.text.formatting import aligned
from helder.typing import Shape

STEPS = (1e-4, 1e-5, 1e-6)
COORDINATES = 25  # of each block, where it has so many
TRUST = 10.0  # times the error of the difference
RELATIVE, ABSOLUTE = 1e-7, 1e-11  # what rounding does to a gradient that is right
TINY = 1e-10  # a gradient below this proves little

OK, WRONG, CANNOT_TELL = "ok", "wrong", "cannot tell"


@dataclass(frozen=True)
class Coordinate:
    """One number of a network: its gradient, and what the loss does when it moves.

    Attributes:
        index: Where it stands in its array.
        value: The number itself.
        analytic: What backpropagation says.
        differences: What the loss says, `(f(v + h) - f(v - h)) / 2h` for each h of `STEPS`; None
            where a slope jumps between the two.
        resolution: What the last digit of the loss is worth in such a difference.
    """

    index: tuple[int, ...]
    value: float
    analytic: float
    differences: tuple[float | None, ...]
    resolution: float

    @property
    def numeric(self) -> float:
        """The difference that counts: the one with the middle step; nan where there is none."""
        middle = self.differences[1]
        return math.nan if middle is None else middle

    @property
    def error(self) -> float:
        """How far the numeric gradient may be off: as far as the nearer of the other two is.

        By luck two may be the same to the last bit; no difference is better than its resolution.
        """
        others = (self.differences[0], self.differences[2])
        gaps = [abs(other - self.numeric) for other in others if other is not None]
        return max(min(gaps), self.resolution) if gaps else math.nan

    @property
    def difference(self) -> float:
        """How far the two gradients lie apart."""
        return abs(self.analytic - self.numeric)

    @property
    def allowed(self) -> float:
        """How far they may lie apart."""
        larger = max(abs(self.analytic), abs(self.numeric))
        return TRUST * self.error + RELATIVE * larger + ABSOLUTE

    @property
    def verdict(self) -> str:
        """`ok`, `wrong` or `cannot tell`."""
        if not math.isfinite(self.error):
            return CANNOT_TELL
        if not math.isfinite(self.analytic):
            return WRONG
        return OK if self.difference <= self.allowed else WRONG


@dataclass(frozen=True)
class Block:
    """The coordinates of one array that were looked at.

    Attributes:
        name: Of the array: `W1`, `b1`, ...; `x` is the inputs.
        shape: Of the array.
        coordinates: All of a small array, else `COORDINATES` drawn from it.
    """

    name: str
    shape: Shape
    coordinates: tuple[Coordinate, ...]

    @property
    def verdict(self) -> str:
        """`wrong` where one coordinate is, `cannot tell` where nothing can be said of any."""
        found = {coordinate.verdict for coordinate in self.coordinates}
        return next(verdict for verdict in (WRONG, OK, CANNOT_TELL) if verdict in found)

    @property
    def worst(self) -> Coordinate:
        """The coordinate that goes furthest beyond what is allowed, or comes nearest to it."""
        return max(self.coordinates, key=excess)

    @property
    def tiny(self) -> bool:
        """Whether all gradients are so small that agreement proves little."""
        return all(abs(coordinate.analytic) < TINY for coordinate in self.coordinates)

    def count(self, verdict: str) -> int:
        """How many coordinates have this verdict."""
        return sum(coordinate.verdict == verdict for coordinate in self.coordinates)


@dataclass(frozen=True)
class GradientCheck:
    """What a check has found; `print` shows a line for each block with its worst coordinate.

    Attributes:
        loss: The loss where the gradients were taken.
        blocks: A block for each array.
    """

    loss: float
    blocks: tuple[Block, ...]

    @property
    def verdict(self) -> str:
        """`wrong` where one block is, else `cannot tell` where one is that, else `ok`."""
        found = {block.verdict for block in self.blocks}
        return next(verdict for verdict in (WRONG, CANNOT_TELL, OK) if verdict in found)

    def __getitem__(self, name: str) -> Block:
        """The block of this name.

        Raises:
            KeyError: There is none.
        """
        return {block.name: block for block in self.blocks}[name]

    def __str__(self) -> str:
        return "\n".join(
            [*aligned([HEADER, *map(line_of, self.blocks)], right=NUMBERS), *self._ends()]
        )

    def _ends(self) -> list[str]:
        """What is said below the table."""
        said = {
            "wrong": [block.name for block in self.blocks if block.verdict == WRONG],
            "nothing can be said": [b.name for b in self.blocks if b.verdict == CANNOT_TELL],
            f"all gradients below {TINY:g}, which proves little": [
                block.name for block in self.blocks if block.tiny
            ],
        }
        notes = [f"{what}: {', '.join(names)}" for what, names in said.items() if names]
        return [f"gradients: {self.verdict}", *notes]


def excess(coordinate: Coordinate) -> float:
    """How many times what is allowed the two gradients lie apart; -1 where nothing is said."""
    if coordinate.verdict == CANNOT_TELL:
        return -1.0
    if not math.isfinite(coordinate.analytic):
        return math.inf
    return coordinate.difference / coordinate.allowed


HEADER = (
    "block",
    "shape",
    "ok",
    "wrong",
    "cannot tell",
    "worst at",
    "analytic",
    "numeric",
    "apart",
    "allowed",
)
NUMBERS = frozenset({2, 3, 4, 6, 7, 8, 9})  # columns of which the last digits stand in line


def line_of(block: Block) -> tuple[str, ...]:
    """A block as a line of the table."""
    worst = block.worst
    counts = (str(block.count(verdict)) for verdict in (OK, WRONG, CANNOT_TELL))
    numbers: tuple[str, ...] = ("-",) * 3
    if worst.verdict != CANNOT_TELL:
        numbers = tuple(
            f"{number:{form}}"
            for number, form in (
                (worst.numeric, ".6g"),
                (worst.difference, ".1e"),
                (worst.allowed, ".1e"),
            )
        )
    where = ", ".join(map(str, worst.index))
    return block.name, str(block.shape), *counts, where, f"{worst.analytic:.6g}", *numbers
