"""A judge says which epoch was best, where that is not for the loss of held-out rows to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from helder.core.parameters import Parameters
from helder.engine import Course, Engine, Rows, Task
from helder.typing import Floats, Integers

# From the pre-activation of the outputs (N, n_out) and the rows that it is of to a number, smaller
# is better; NaN where these rows cannot say, and then the loss says it.
Judge = Callable[[Floats, Rows], float]


def judged(course: Course, task: Task, judge: Judge, engine: Engine) -> Course:
    """The course with what the judge says of the held-out rows after each of its epochs."""
    held_out = task.held_out
    if held_out is None:
        return course
    after = Parameters(task.network.layers, course.values, course.statistics)  # an epoch each
    verdicts = np.zeros(len(course))
    with engine.alone():
        for epoch in range(len(course)):
            z = engine.outputs(task.network, after, held_out.X, epoch)  # (N, n_out)
            verdicts[epoch] = judge(z, held_out) if np.isfinite(z).all() else np.inf
    verdicts[np.isnan(verdicts)] = 0.0  # alike in every epoch
    return replace(course, verdicts=verdicts)


def first_best(verdicts: Floats, losses: Floats) -> Integers:
    """Where the smallest verdicts stand along the first axis; the smaller loss where they tie."""
    return np.lexsort((losses, verdicts), axis=0)[0]
