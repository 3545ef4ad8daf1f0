"""Makes a program shorter without changing what it computes: nothing twice, nothing in vain.

A program is first what the book wrote down. Then a step that computes again what an earlier one
has computed is left out, and so is a copy of a temporary array, and what nobody reads; what
remains is grouped into loops, in which many steps pass over the same block of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from helder.engine.trace import BATCH, Operand, Place, Step

NOT_POINTWISE = {"matmul", "sum_rows", "sum_cols", "max_rows", "max_cols"}
FREE = {"temporary", "tape"}  # spaces that nobody reads after the program


@dataclass(frozen=True)
class Loop:
    """Pointwise steps that go together over the same numbers, block by block.

    Args:
        shape: Rows and columns that the loop passes over.
        steps: The steps; a result in the space "registers" lives for one block.
        registers: How many blocks the loop holds for itself.
    """

    shape: tuple[int, int]
    steps: tuple[Step, ...]
    registers: int


def numbers(place: Place, capacity: int) -> int:
    """How many numbers a place reaches over at most, from its first to its last."""
    rows = capacity if place.rows == BATCH else place.rows
    if rows == 0 or place.cols == 0:
        return 0
    return (place.groups - 1) * place.step + (rows - 1) * place.distance + place.cols


def overlap(one: Place, other: Place, capacity: int) -> bool:
    """Whether two places share a number."""
    if one.space != other.space:
        return False
    first, second = (one, other) if one.start <= other.start else (other, one)
    return second.start < first.start + numbers(first, capacity)


def places(operands: Iterable[Operand]) -> list[Place]:
    """The arrays among operands."""
    return [operand for operand in operands if isinstance(operand, Place)]


def shortened(steps: list[Step], capacity: int) -> list[Step]:
    """The same program without repetition, copies of temporaries, and results that nobody reads."""
    steps = without_repetition(steps, capacity)
    steps = without_copies(steps, capacity)
    return without_waste(steps, capacity)


def without_repetition(steps: list[Step], capacity: int) -> list[Step]:
    """Leaves out what was computed before from the same numbers, if both results stay."""
    kept: list[Step] = []
    renamed: dict[Place, Place] = {}
    for number, step in enumerate(steps):
        operands = tuple(
            new_place(operand, renamed) if isinstance(operand, Place) else operand
            for operand in step.operands
        )
        step = replace(step, operands=operands)
        before = same_before(step, kept, capacity)
        others = [*steps[:number], *steps[number + 1 :]]
        if (
            before is not None
            and step.out.space == "temporary"
            and not written(step.out, others, capacity)
            and not written(before.out, steps[number + 1 :], capacity)
        ):
            renamed[step.out] = before.out
        else:
            kept.append(step)
    return kept


def written(place: Place, steps: list[Step], capacity: int) -> bool:
    """Whether any step writes a number of a place."""
    return any(overlap(step.out, place, capacity) for step in steps)


def new_place(place: Place, renamed: dict[Place, Place]) -> Place:
    """Where an array lies after repetitions were left out."""
    straight = replace(place, transposed=False)
    return replace(renamed.get(straight, straight), transposed=place.transposed)


def same_before(step: Step, kept: list[Step], capacity: int) -> Step | None:
    """The earlier step with the same result, if nothing was written over it or its operands."""
    for number in range(len(kept) - 1, -1, -1):
        before = kept[number]
        if same(before, step) and before.out != step.out:
            used = [before.out, *places(before.operands)]
            if any(written(place, kept[number + 1 :], capacity) for place in used):
                return None
            return None if overlap_any(before.out, places(before.operands), capacity) else before
    return None


def same(one: Step, other: Step) -> bool:
    """Whether two steps compute the same from the same places."""
    return (one.name, one.operands, one.out.shape) == (other.name, other.operands, other.out.shape)


def overlap_any(place: Place, others: Iterable[Place], capacity: int) -> bool:
    """Whether a place shares a number with any of the others."""
    return any(overlap(place, other, capacity) for other in others)


def without_copies(steps: list[Step], capacity: int) -> list[Step]:
    """Lets a step write where its temporary result is copied to, if that is its only use."""
    steps = list(steps)
    for number, step in enumerate(steps):
        if step.name != "copy" or not isinstance(step.operands[0], Place):
            continue
        source = step.operands[0]
        made = number - 1
        if (
            made >= 0
            and source.space == "temporary"
            and steps[made].out == source
            and source.shape == step.out.shape
            and (step.out.distance == step.out.cols or may_scatter(steps[made]))
            and uses(steps, source, capacity) == 1
            and may_write(steps[made], step.out, capacity)
        ):
            steps[made] = replace(steps[made], out=step.out)
            steps[number] = replace(step, operands=(step.out,))
    return [step for step in steps if not (step.name == "copy" and step.operands == (step.out,))]


def may_scatter(step: Step) -> bool:
    """Whether a step may write its rows apart, as a part of a wider array."""
    return is_pointwise(step) or step.name == "matmul"


def may_write(step: Step, out: Place, capacity: int) -> bool:
    """Whether a step may write to another place without spoiling what it still has to read."""
    touched = [place for place in places(step.operands) if overlap(place, out, capacity)]
    return not touched or (is_pointwise(step) and all(place == out for place in touched))


def uses(steps: list[Step], place: Place, capacity: int) -> int:
    """How many operands read a place."""
    return sum(
        overlap(place, operand, capacity) for step in steps for operand in places(step.operands)
    )


def without_waste(steps: list[Step], capacity: int) -> list[Step]:
    """Leaves out results that nobody reads, the last first, since each may free another."""
    kept: list[Step] = []
    for step in reversed(steps):
        read = any(
            overlap(step.out, operand, capacity)
            for later in kept
            for operand in places(later.operands)
        )
        if step.out.space not in FREE or read:
            kept.append(step)
    return kept[::-1]


def looped(steps: list[Any], capacity: int) -> list[Any]:
    """The program with runs of pointwise steps over the same shape gathered into loops."""
    result: list[Any] = []
    run: list[Step] = []
    for number, step in enumerate(steps):
        if run and not fits(step, run, capacity):
            result.append(loop(run, steps[number:], capacity))
            run = []
        if is_pointwise(step):
            run.append(step)
        else:
            result.append(step)
    return [*result, loop(run, [], capacity)] if run else result


def is_pointwise(step: Any) -> bool:
    """Whether a step works number by number."""
    return isinstance(step, Step) and step.name not in NOT_POINTWISE


def fits(step: Any, run: list[Step], capacity: int) -> bool:
    """Whether a step can go on block by block beside those of a run."""
    if not is_pointwise(step) or step.out.shape != run[0].out.shape:
        return False
    results = [one.out for one in run]
    for operand in places(step.operands):
        # What another block of the run writes is not there yet: only the same numbers may be read.
        if any(overlap(out, operand, capacity) and out != operand for out in results):
            return False
    touched = [*results, *(operand for one in run for operand in places(one.operands))]
    return not any(overlap(step.out, place, capacity) and step.out != place for place in touched)


def loop(run: list[Step], later: list[Any], capacity: int) -> Loop:
    """A run as a loop; results that only the run reads stay in registers."""
    wanted = [place for step in later for place in places(step.operands)]
    inside = {
        step.out
        for step in run
        if step.out.space in FREE and not overlap_any(step.out, wanted, capacity)
    }
    registers = Registers(run, inside)
    steps = []
    for number, step in enumerate(run):
        operands = tuple(registers.held.get(one, one) for one in step.operands)
        steps.append(Step(step.name, registers.place(step.out), operands))
        registers.release(number)
    return Loop(run[0].out.shape, tuple(steps), registers.count)


class Registers:
    """Gives each result that lives only inside a loop a block, and takes it back after its use."""

    def __init__(self, run: list[Step], inside: set[Place]) -> None:
        self.inside, self.held, self.free, self.count = inside, {}, [], 0  # type: ignore[var-annotated]
        self.last_use = {
            place: number
            for number, step in enumerate(run)
            for place in (*places(step.operands), step.out)
            if place in inside
        }

    def place(self, out: Place) -> Place:
        """Where a result goes."""
        if out in self.inside and out not in self.held:
            slot = self.free.pop() if self.free else self.count
            self.count = max(self.count, slot + 1)
            self.held[out] = Place("registers", slot, *out.shape)
        return self.held.get(out, out)

    def release(self, number: int) -> None:
        """Takes back the blocks that nobody reads after this step of the run."""
        for place in [one for one in self.held if self.last_use[one] == number]:
            self.free.append(self.held.pop(place).start)
