"""What computes: two engines that run the book, and the random streams that both draw from."""

from helder.engine.choosing import engine_named
from helder.engine.course import Course, Patience
from helder.engine.numpy_engine import NumpyEngine, held_out_loss
from helder.engine.passes import Batch, Objective, Recorded
from helder.engine.rows import Rows
from helder.engine.streams import Purpose, generator, stream
from helder.engine.task import Engine, Optimizer, Task, Trainer, Update
from helder.engine.threads import quiet

__all__ = [
    "Batch",
    "Course",
    "Engine",
    "NumpyEngine",
    "Objective",
    "Optimizer",
    "Patience",
    "Purpose",
    "Recorded",
    "Rows",
    "Task",
    "Trainer",
    "Update",
    "engine_named",
    "generator",
    "held_out_loss",
    "quiet",
    "stream",
]
