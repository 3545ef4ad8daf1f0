"""What computes: the engine that runs the book, and the random streams that engines share."""

from helder.engine.numpy_engine import Optimizer, Trainer, Update, mean_loss, outputs, quiet
from helder.engine.streams import Purpose, generator, stream

__all__ = [
    "Optimizer",
    "Purpose",
    "Trainer",
    "Update",
    "generator",
    "mean_loss",
    "outputs",
    "quiet",
    "stream",
]
