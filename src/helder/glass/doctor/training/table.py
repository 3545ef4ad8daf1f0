"""Every rule over a training, its cause before its effects, with how often each is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from helder.glass.doctor.rules import Rule, Sighting
from helder.glass.doctor.training import design, layers, outcome, steps
from helder.glass.doctor.training.case import Training
from helder.glass.doctor.training.rates import RATES
from helder.model.finding import Level

OURS = "threshold ours"


def counted(
    name: str,
    level: Level,
    sees: Callable[[Training], Iterable[Sighting]],
    source: str,
    threshold: float | None = None,
) -> Rule[Training]:
    """A rule, with how often it fired where that was counted."""
    healthy, faulty = RATES.get(name, (None, None))
    return Rule(name, level, sees, source, healthy, faulty, threshold)


RULES: tuple[Rule[Training], ...] = (
    counted(
        "unscaled-inputs",
        "problem",
        design.unscaled_inputs,
        "largest standard deviation over the smallest; " + OURS,
        threshold=design.APART,
    ),
    counted(
        "unscaled-targets",
        "problem",
        design.unscaled_targets,
        "the largest target; " + OURS,
        threshold=design.FAR,
    ),
    counted(
        "output-loss-mismatch",
        "problem",
        design.output_loss_mismatch,
        "a table of pairs, as in UMLAUT, NeuraLint and AutoTrainer; " + OURS,
    ),
    counted(
        "symmetric-weights",
        "problem",
        design.symmetric_weights,
        "equal columns of weights before the first update; " + OURS,
        threshold=design.ALIKE,
    ),
    counted(
        "first-weights",
        "problem",
        design.first_weights,
        "beside the spread of He et al. 2015; " + OURS,
        threshold=design.TOO_LARGE,
    ),
    counted(
        "learning-rate-too-high",
        "problem",
        steps.learning_rate_too_high,
        "how far weights move in an epoch, after the update ratio of CS231n; " + OURS,
        threshold=steps.TOO_FAR,
    ),
    counted(
        "learning-rate-too-low",
        "problem",
        steps.learning_rate_too_low,
        "how far weights move in an epoch, after the update ratio of CS231n; " + OURS,
        threshold=steps.TOO_SHORT,
    ),
    counted(
        "not-finite",
        "problem",
        steps.not_finite,
        "any NaN or infinity, as in SageMaker's ExplodingTensor",
    ),
    counted(
        "exploding-gradient",
        "problem",
        layers.exploding_gradient,
        "what layers give out over what goes in; " + OURS,
        threshold=layers.GROWN,
    ),
    counted(
        "vanishing-gradient",
        "problem",
        layers.vanishing_gradient,
        "gradient of the first layer over that of the last, as in AutoTrainer",
        threshold=layers.GONE,
    ),
    counted(
        "dead-units",
        "problem",
        layers.dead_units,
        "units silent on all rows, as in SageMaker's DeadRelu and AutoTrainer; " + OURS,
        threshold=layers.SILENT,
    ),
    counted(
        "saturation",
        "problem",
        layers.saturation,
        "units without a slope, after SageMaker's SaturatedActivation; " + OURS,
        threshold=layers.SATURATED,
    ),
    counted(
        "not-learning",
        "problem",
        outcome.not_learning,
        "training loss over that of guessing; " + OURS,
        threshold=outcome.LEARNT,
    ),
    counted(
        "beaten-by-simple-model",
        "problem",
        outcome.beaten_by_simple_model,
        "paired over rows, and the gain kept over guessing, after deepchecks; " + OURS,
        threshold=outcome.KEPT,
    ),
    counted(
        "linear-stack",
        "note",
        design.linear_stack,
        "hidden layers without a bend, as in UMLAUT and NeuraLint",
    ),
    counted(
        "strong-dropout",
        "note",
        design.strong_dropout,
        "more than half, as in UMLAUT",
        threshold=design.STRONG_DROPOUT,
    ),
    counted(
        "weights-stuck",
        "note",
        layers.weights_stuck,
        "no movement over three looks, as in SageMaker's UnchangedTensor",
    ),
    counted(
        "overfitting",
        "note",
        outcome.overfitting,
        "held-out loss above its smallest for ten epochs; " + OURS,
        threshold=outcome.WORSE,
    ),
    counted(
        "plateau",
        "note",
        outcome.plateau,
        "after SageMaker's LossNotDecreasing; " + OURS,
        threshold=outcome.FLAT,
    ),
    counted(
        "oscillation",
        "note",
        outcome.oscillation,
        "swings in a share of all epochs, after AutoTrainer; " + OURS,
        threshold=outcome.SWING,
    ),
    counted(
        "too-good-to-be-true",
        "note",
        outcome.too_good,
        "after UMLAUT's accuracy above 95 %; " + OURS,
        threshold=outcome.PERFECT,
    ),
    counted(
        "class-never-predicted",
        "note",
        outcome.class_never_predicted,
        "an empty column of the confusion, after SageMaker's ClassImbalance",
    ),
)
