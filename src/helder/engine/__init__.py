"""What computes: the engine that runs the book, and the random streams that engines share."""

from helder.engine.numpy_engine import Optimizer, Step, Trainer, mean_loss, outputs, quiet
from helder.engine.streams import Purpose, generator, stream

__all__ = [
    "Optimizer",
    "Purpose",
    "Step",
    "Trainer",
    "generator",
    "mean_loss",
    "outputs",
    "quiet",
    "stream",
]
