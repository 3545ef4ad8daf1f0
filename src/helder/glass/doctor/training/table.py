"""Every rule over a training, its cause before its effects, with how often each is right."""

from __future__ import annotations

from helder.glass.doctor.rules import Rule
from helder.glass.doctor.training import design, layers, outcome, steps
from helder.glass.doctor.training.case import Training

OURS = "chosen here, on trainings beside those that docs/doctor.md counts"

RULES: tuple[Rule[Training], ...] = (
    Rule(
        "unscaled-inputs",
        "problem",
        design.unscaled_inputs,
        "largest standard deviation over the smallest; " + OURS,
        threshold=design.APART,
    ),
    Rule(
        "output-loss-mismatch",
        "problem",
        design.output_loss_mismatch,
        "a table of pairs, as in UMLAUT, NeuraLint and AutoTrainer; " + OURS,
    ),
    Rule(
        "symmetric-weights",
        "problem",
        design.symmetric_weights,
        "equal columns of weights before the first update; " + OURS,
        threshold=design.ALIKE,
    ),
    Rule(
        "first-weights",
        "problem",
        design.first_weights,
        "beside the spread of He et al. 2015; " + OURS,
        threshold=design.TOO_LARGE,
    ),
    Rule(
        "learning-rate-too-high",
        "problem",
        steps.learning_rate_too_high,
        "how far weights move in an epoch, after the update ratio of CS231n; " + OURS,
        threshold=steps.TOO_FAR,
    ),
    Rule(
        "learning-rate-too-low",
        "problem",
        steps.learning_rate_too_low,
        "how far weights move in an epoch, after the update ratio of CS231n; " + OURS,
        threshold=steps.TOO_SHORT,
    ),
    Rule(
        "not-finite",
        "problem",
        steps.not_finite,
        "any NaN or infinity, as in SageMaker's ExplodingTensor",
    ),
    Rule(
        "exploding-gradient",
        "problem",
        layers.exploding_gradient,
        "what layers give out over what goes in; " + OURS,
        threshold=layers.GROWN,
    ),
    Rule(
        "vanishing-gradient",
        "problem",
        layers.vanishing_gradient,
        "gradient of the first layer over that of the last, as in AutoTrainer",
        threshold=layers.GONE,
    ),
    Rule(
        "dead-units",
        "problem",
        layers.dead_units,
        "units silent on all rows, as in SageMaker's DeadRelu and AutoTrainer; " + OURS,
        threshold=layers.SILENT,
    ),
    Rule(
        "saturation",
        "problem",
        layers.saturation,
        "units without a slope, after SageMaker's SaturatedActivation; " + OURS,
        threshold=layers.SATURATED,
    ),
    Rule(
        "not-learning",
        "problem",
        outcome.not_learning,
        "training loss over that of guessing; " + OURS,
        threshold=outcome.LEARNT,
    ),
    Rule(
        "beaten-by-simple-model",
        "problem",
        outcome.beaten_by_simple_model,
        "paired over rows, and the gain kept over guessing, after deepchecks; " + OURS,
        threshold=outcome.KEPT,
    ),
    Rule(
        "linear-stack",
        "note",
        design.linear_stack,
        "hidden layers without a bend, as in UMLAUT and NeuraLint",
    ),
    Rule(
        "strong-dropout",
        "note",
        design.strong_dropout,
        "more than half, as in UMLAUT",
        threshold=design.STRONG_DROPOUT,
    ),
    Rule(
        "weights-stuck",
        "note",
        layers.weights_stuck,
        "no movement over three looks, as in SageMaker's UnchangedTensor",
    ),
    Rule(
        "overfitting",
        "note",
        outcome.overfitting,
        "held-out loss above its smallest for ten epochs; " + OURS,
        threshold=outcome.WORSE,
    ),
    Rule(
        "plateau",
        "note",
        outcome.plateau,
        "after SageMaker's LossNotDecreasing; " + OURS,
        threshold=outcome.FLAT,
    ),
    Rule(
        "oscillation",
        "note",
        outcome.oscillation,
        "swings in a share of all epochs, after AutoTrainer; " + OURS,
        threshold=outcome.SWING,
    ),
    Rule(
        "too-good-to-be-true",
        "note",
        outcome.too_good,
        "after UMLAUT's accuracy above 95 %; " + OURS,
        threshold=outcome.PERFECT,
    ),
    Rule(
        "class-never-predicted",
        "note",
        outcome.class_never_predicted,
        "an empty column of the confusion, after SageMaker's ClassImbalance",
    ),
)
