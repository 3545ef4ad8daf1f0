"""The training doctor: what goes wrong is named, its cause first, and a healthy training is not."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import ClassVar

import numpy as np
import pytest

import helder
from helder import Architecture, MultilayerPerceptron
from helder.core.targets import number_columns
from helder.glass.doctor.training import RULES, Training, diagnosed
from helder.glass.doctor.training.case import Inputs
from helder.learn.history import Epoch
from helder.model import Choices
from helder.model.fitted import Scores
from helder.model.scores import Judgement, Lead, Score
from helder.model.verdict import NOTHING, SIGNAL

ROWS = 200
BLOBS = 3


@pytest.fixture(scope="module")
def blobs():
    """Three classes that lie apart, X (N, 6) and class numbers (N,)."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, BLOBS, ROWS)
    X = rng.normal(size=(ROWS, 6))
    X[:, :BLOBS] += 2.0 * np.eye(BLOBS)[y]
    return X, y


def trained(X, y, *, weights=None, epochs=12, learning_rate=0.003, **described):
    """The rules that fire for a network of one's own, in order, and its findings."""
    net = MultilayerPerceptron(Architecture.from_data(X, y, **described), seed=1)
    if weights is not None:
        weights(net)
    history = net.train(X, y, epochs=epochs, learning_rate=learning_rate, look_inside=True)
    return helder.diagnose(net, history, X, y)


def rules(findings, level="problem"):
    return [finding.rule for finding in findings if finding.level == level]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "mish", "leaky_relu"])
@pytest.mark.parametrize("normalisation", ["none", "batch"])
def test_a_healthy_training_has_no_problem(blobs, activation, normalisation):
    found = trained(*blobs, hidden=(16, 16), activation=activation, normalisation=normalisation)
    assert rules(found) == []


def test_a_healthy_regression_has_no_problem(blobs):
    X, _ = blobs
    assert rules(trained(X, np.sin(X[:, 0]) + X[:, 1], hidden=(16,))) == []


def filled(value):
    def fill(net):
        for W in net.weights:
            W[...] = value

    return fill


def times(factor):
    def grow(net):
        for W in net.weights:
            W *= factor

    return grow


def buried(net):
    net.biases[0][...] = -1000.0


FAULTS = {
    "symmetric-weights": {"weights": filled(0.0)},
    "first-weights": {"weights": times(50.0)},
    "learning-rate-too-high": {"learning_rate": 1.0},
    "learning-rate-too-low": {"learning_rate": 1e-7},
    "exploding-gradient": {"hidden": (32,) * 12, "weights": times(3.0)},
    "vanishing-gradient": {"hidden": (16,) * 8, "activation": "sigmoid"},
    "dead-units": {"activation": "relu", "weights": buried},
    "saturation": {"activation": "tanh", "weights": times(30.0)},
    "linear-stack": {"activation": "identity"},
    "strong-dropout": {"dropout": 0.8},
    "weights-stuck": {"learning_rate": 1e-14},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(blobs, fault):
    found = trained(*blobs, **{"hidden": (16, 16)} | FAULTS[fault])
    assert fault in [finding.rule for finding in found]


def test_units_that_are_all_alike_are_named_though_they_are_not_zero(blobs):
    assert rules(trained(*blobs, hidden=(8, 8), weights=filled(0.1)))[0] == "symmetric-weights"


def test_columns_as_people_measure_them_are_unscaled(blobs):
    X, y = blobs
    in_grams = X * [1, 1, 1, 1, 1, 5000.0]
    (finding,) = [one for one in trained(in_grams, y) if one.rule == "unscaled-inputs"]
    assert finding.where == "input 6"
    assert "5" in finding.saw


def test_amounts_far_from_nought_are_unscaled(blobs):
    X, _ = blobs
    assert "unscaled-targets" in rules(trained(X, 70_000 + 9_000 * X[:, 0]))
    assert "unscaled-targets" not in rules(trained(X, 7 + 2 * X[:, 0]))


def test_a_rare_yes_or_no_is_not_unscaled(blobs):
    X, y = blobs
    rare = np.column_stack([X, np.arange(ROWS) == 7])
    assert "unscaled-inputs" not in rules(trained(rare, y))


def test_class_numbers_are_no_amounts(blobs):
    X, y = blobs
    assert "output-loss-mismatch" in rules(trained(X, y, output="linear", outputs=1))


def test_one_hot_rows_are_no_amounts(blobs):
    X, y = blobs
    found = trained(X, np.eye(BLOBS)[y], output="linear", outputs=BLOBS)
    assert "softmax" in next(one for one in found if one.rule == "output-loss-mismatch").try_first


@dataclass(frozen=True)
class Squeezed:
    """Squares through a sigmoid."""

    sign: float = 1.0
    name: ClassVar[str] = "squeezed"
    link_name: ClassVar[str] = "squeezing"
    target = staticmethod(number_columns)

    def link(self, z):
        return 1 / (1 + np.exp(-z))

    def value(self, z, y):
        return (self.link(z) - y) ** 2

    def gradient(self, z, y):
        p = self.link(z)
        return self.sign * 2 * (p - y) * p * (1 - p)


def test_amounts_that_an_output_cannot_say_are_named(blobs):
    X, _ = blobs
    found = trained(X, 20 + 5 * X[:, 0], output=Squeezed(), outputs=1)
    assert "output-loss-mismatch" in rules(found)
    within = trained(X, 1 / (1 + np.exp(-X[:, 0])), output=Squeezed(), outputs=1)
    assert "output-loss-mismatch" not in rules(within)


def test_a_gradient_that_points_the_wrong_way_does_not_learn(blobs):
    X, _ = blobs
    y = 1 / (1 + np.exp(-3 * X[:, 0]))
    assert "not-learning" in rules(trained(X, y, output=Squeezed(-1.0), outputs=1))
    assert "not-learning" not in rules(trained(X, y, output=Squeezed(), outputs=1))


def test_numbers_that_run_off_are_named_with_their_epoch(blobs):
    X, _ = blobs
    net = MultilayerPerceptron(Architecture(6, (16,), 1, output="linear"))
    history = net.train(X, X[:, 0], optimizer="sgd", learning_rate=1e4, epochs=5, look_inside=True)
    assert history.stopped == "not finite"
    found = helder.diagnose(net, history, X, X[:, 0])
    assert next(one for one in found if one.rule == "not-finite").where == "epoch 1"


def test_a_cause_stands_before_its_effects(blobs):
    found = rules(trained(*blobs, hidden=(32, 32), activation="relu", learning_rate=3.0))
    order = [rule.name for rule in RULES]
    assert found == sorted(found, key=order.index)
    assert found[0] == "learning-rate-too-high"


def test_what_runs_off_is_beyond_all_numbers_not_infinitely_many_times_something(blobs):
    saw = {finding.rule: finding.saw for finding in trained(*blobs, learning_rate=1e30)}
    assert "layer 1 gives out is beyond all numbers" in saw["exploding-gradient"]
    assert not any(" inf " in said for said in saw.values())


def test_what_to_try_can_be_chosen_and_helps(blobs):
    (high, *_) = trained(*blobs, learning_rate=3.0)
    (low, *_) = trained(*blobs, learning_rate=1e-7)
    assert 1e-4 < high.fix["learning_rate"] < 0.1
    assert 1e-5 < low.fix["learning_rate"] < 0.1
    assert rules(trained(*blobs, **high.fix)) == []


def test_every_fix_is_something_that_can_be_chosen(blobs):
    choices = {field.name for field in fields(Choices)}
    for fault in FAULTS.values():
        for finding in trained(*blobs, **{"hidden": (16, 16)} | fault):
            assert set(finding.fix) <= choices
            Choices(**finding.fix)


def epochs(losses, held=None, rate=0.001):
    held = held if held is not None else [None] * len(losses)
    pairs = enumerate(zip(losses, held, strict=True), 1)
    return tuple(Epoch(number, loss, val, rate) for number, (loss, val) in pairs)


def scores(value, over_guess, over_linear, confusion=None, metric="accuracy"):
    test = Judgement(Score(metric, value, value, value), {}, confusion, 400)
    leads = {"guess": Lead(*over_guess), "linear": Lead(*over_linear)}
    return Scores(test, value - over_guess[0], value - over_linear[0], {}, leads=leads)


CASE = Training(Architecture(4, (8,), 3), stopped="epochs")


def fired(**known):
    return [finding.rule for finding in diagnosed(replace(CASE, **known))]


def test_a_linear_model_that_is_better_with_certainty_beats():
    rule = "beaten-by-simple-model"
    assert rule in fired(scores=scores(0.45, (0.1, 0.02), (-0.3, 0.03)))
    assert rule not in fired(scores=scores(0.45, (0.1, 0.02), (-0.3, 0.15)))
    assert rule not in fired(scores=scores(0.7, (0.35, 0.02), (-0.05, 0.01)))  # keeps most of it


def test_guessing_beats_only_where_there_is_something_to_learn():
    rule = "beaten-by-simple-model"
    little = {"scores": scores(0.3, (-0.05, 0.005), (-0.1, 0.005))}
    assert rule in fired(signal=SIGNAL, **little)
    assert rule not in fired(signal=NOTHING, **little)
    assert rule not in fired(signal=None, **little)
    linear_is_no_better = {"scores": scores(0.3, (-0.2, 0.02), (-0.2, 0.02))}
    assert rule not in fired(signal=SIGNAL, **linear_is_no_better)


def test_without_a_signal_nobody_is_blamed_for_learning_nothing(blobs):
    X, _ = blobs
    net = MultilayerPerceptron(Architecture(6, (16,), 1, output=Squeezed(-1.0)))
    y = 1 / (1 + np.exp(-X[:, 0]))
    history = net.train(X, y, epochs=10, look_inside=True)
    from helder.glass.doctor.training.facts import targets_of

    case = Training(
        net.architecture,
        tuple(history.records),
        stopped=history.stopped,
        targets=targets_of(y[:, None], np.ones(ROWS), net.network.loss),
    )
    assert "not-learning" in rules(diagnosed(case))
    assert "not-learning" in rules(diagnosed(replace(case, signal=SIGNAL)))
    assert "not-learning" not in rules(diagnosed(replace(case, signal=NOTHING)))


def test_held_out_rows_that_fare_worse_and_worse_are_a_note():
    held = [1.0, 0.5] + [0.5 + 0.05 * epoch for epoch in range(1, 20)]
    losses = list(np.linspace(1.0, 0.1, len(held)))
    assert "overfitting" in fired(records=epochs(losses, held))
    assert "overfitting" not in fired(records=epochs(losses, losses))
    assert "overfitting" not in fired(records=epochs(losses, held), signal=NOTHING)


def test_a_loss_that_swings_or_stands_is_a_note():
    from helder.glass.doctor.training.case import Targets

    targets = Targets(1.0, 0.0, 1.0, 0, True)
    swings = [1.0 if epoch % 2 else 0.5 for epoch in range(40)]
    assert "oscillation" in fired(records=epochs(swings), targets=targets)
    assert "plateau" in fired(records=epochs([0.9] * 40), targets=targets)
    assert "plateau" not in fired(records=epochs([0.01] * 40), targets=targets)


def test_a_class_that_is_never_said_is_named():
    known = {"classes": ("a", "b"), "scores": scores(0.9, (0, 1), (0, 1), [[90, 0], [10, 0]])}
    (finding,) = diagnosed(replace(CASE, **known))
    assert finding.rule == "class-never-predicted"
    assert finding.where == "b"
    assert "10 of 100" in finding.saw


def test_a_score_that_is_hardly_ever_earned_is_a_note():
    assert "too-good-to-be-true" in fired(scores=scores(1.0, (0.5, 0.01), (0.2, 0.01)))
    leaky = scores(0.97, (0.5, 0.01), (0.2, 0.01))
    assert "too-good-to-be-true" not in fired(scores=leaky)
    assert "too-good-to-be-true" in fired(scores=leaky, leaks=("status_code",))


def test_inputs_that_are_all_far_from_zero_are_unscaled():
    assert "unscaled-inputs" in fired(inputs=Inputs(3.0, 2.0, 2000.0, (1, 2, 3)))
    assert "unscaled-inputs" not in fired(inputs=Inputs(3.0, 2.0, 4.0, (1, 2, 3)))


def test_a_gradient_that_is_nought_everywhere_does_not_learn_though_weights_decay(blobs):
    X, _ = blobs
    y = 1 / (1 + np.exp(-3 * X[:, 0]))
    net = MultilayerPerceptron(Architecture(6, (16,), 1, output=Squeezed(0.0)))
    decays = helder.learn.AdamW(1.0)
    history = net.train(X, y, epochs=30, learning_rate=0.05, optimizer=decays, look_inside=True)
    assert history.losses[-1] < history.losses[0]
    assert "not-learning" in rules(helder.diagnose(net, history, X, y))


def test_an_output_without_an_end_says_every_amount(blobs):
    X, _ = blobs
    assert "output-loss-mismatch" not in rules(trained(X, 7e7 + 9_000 * X[:, 0]))
    counts = np.round(np.exp(8 + X[:, 0]))
    assert "output-loss-mismatch" not in rules(trained(X, counts, output="exp", outputs=1))
