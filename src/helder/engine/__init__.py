"""What computes: two engines that run the book, and the random streams that both draw from."""

from helder.engine.choosing import engine_named
from helder.engine.numpy_engine import NumpyEngine
from helder.engine.streams import Purpose, generator, stream
from helder.engine.task import Engine, Optimizer, Task, Trainer, Update
from helder.engine.threads import quiet

__all__ = [
    "Engine",
    "NumpyEngine",
    "Optimizer",
    "Purpose",
    "Task",
    "Trainer",
    "Update",
    "engine_named",
    "generator",
    "quiet",
    "stream",
]
