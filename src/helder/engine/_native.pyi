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

def train(
    program: Program,
    spaces: Sequence[Array],
    blocks: Sequence[int],
    masks: Array,
    X: Array,
    y: Array,
    weights: Array,
    seed: int,
    member: int,
    first_epoch: int,
    batch_size: int,
    scalars: Array,
    losses: Array,
) -> None: ...
def predict(
    program: Program, spaces: Sequence[Array], X: int, z: int, rows: Array, into: Array
) -> None: ...
def run(program: Program, spaces: Sequence[Array], rows: int) -> None: ...
