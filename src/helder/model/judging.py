"""A metric as the judge of epochs."""

from __future__ import annotations

from collections.abc import Callable

from helder.learn.judging import Judge
from helder.model.scores import METRICS, Metric
from helder.typing import Array, Floats

LOSS_SAYS = ("log_loss", "rmse", "r2")  # what the loss measures anyway, and it is there for nothing


def loss_says(metric: Metric) -> bool:
    """Whether the loss puts epochs in the order that this metric would."""
    return metric.name in LOSS_SAYS and metric is METRICS[metric.name]


def judge_by(
    metric: Metric, truth: Callable[[Floats], Array], said: Callable[[Floats], Floats]
) -> Judge:
    """The judge that goes by a metric.

    Args:
        metric: The metric.
        truth: From targets as the loss wants them, (N, n_out), to those that the metric wants.
        said: From the pre-activation of the outputs, (N, n_out), to predictions as it wants them.
    """
    sign = -1 if metric.greater_is_better else 1
    return lambda z, rows: sign * metric.function(truth(rows.y), said(z), rows.weights)
