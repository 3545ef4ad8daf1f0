"""What the native library offers; `native/module.cpp` is its source."""

from collections.abc import Sequence

from helder.typing import Array

instruction_set: str

class Program:
    def __init__(
        self,
        steps: Array,
        operands: Array,
        values: Array,
        sizes: Sequence[int],
        capacity: int,
    ) -> None: ...

class FloatTrainer:
    def __init__(
        self,
        program: Program,
        spaces: Sequence[Array],
        blocks: Sequence[int],
        masks: Array,
        X: Array,
        y: Array,
        weights: Array,
        seed: int,
        member: int,
        batch_size: int,
    ) -> None: ...
    def look_at(
        self,
        program: Program,
        spaces: Sequence[Array],
        blocks: Sequence[int],
        X: Array,
        y: Array,
        share: Array,
    ) -> None: ...
    def epochs(
        self,
        first: int,
        scalars: Array,
        patience: int,
        least: float,
        best: int,
        losses: Array,
        val_losses: Array,
        copied: Sequence[Array],
        into: Sequence[Array],
    ) -> int: ...

class DoubleTrainer(FloatTrainer): ...

def predict(
    program: Program, spaces: Sequence[Array], X: int, z: int, rows: Array, into: Array
) -> None: ...
def run(program: Program, spaces: Sequence[Array], rows: int) -> None: ...
