"""What computes: two engines that run the book, and the random streams that both draw from."""

from helder.engine.choosing import engine_named
from helder.engine.numpy_engine import NumpyEngine
from helder.engine.passes import Batch, Objective, Recorded
from helder.engine.streams import Purpose, generator, stream
from helder.engine.task import Engine, Optimizer, Task, Trainer, Update
from helder.engine.threads import quiet

__all__ = [
    "Batch",
    "Engine",
    "NumpyEngine",
    "Objective",
    "Optimizer",
    "Purpose",
    "Recorded",
    "Task",
    "Trainer",
    "Update",
    "engine_named",
    "generator",
    "quiet",
    "stream",
]
