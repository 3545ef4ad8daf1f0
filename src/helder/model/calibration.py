"""What out-of-fold rows say beyond a score: how sure to be, how wide an interval, which classes.

Everything here is learnt from rows that the networks predicted without having learnt from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helder.core.checking import check_number
from helder.core.losses import Loss
from helder.core.parameters import Parameters
from helder.errors import pick
from helder.learn.folds import Fold
from helder.model.problem import Problem
from helder.model.recipes import classifies
from helder.typing import Array, Floats, Integers

LARGEST, STEPS = 8.0, 41  # temperatures from 1/8 to 8, on a grid that a parabola refines
DOUBT = 1.0  # standard deviation of the logarithm of a temperature before any row is seen
AVERAGED = 0.11  # logarithm of how much the mean of many networks is less sure than each
FURTHER = 1.5  # how much further it falls from two networks to many than from one to two says
FURTHEST = 1.5  # by what a temperature is divided at most on the word of so few networks
BINS = 15  # of the calibration error
MOST_SCORES = 10_000  # that are kept: a coverage is then as exact as a hundredth of a percent


@dataclass(frozen=True, eq=False)
class Temperature:
    """By what the outputs' pre-activation is divided so that probabilities mean what they say.

    Attributes:
        value: The one that all rows chose (Guo et al. 2017), for the mean of a row's R networks.
        alone: The one that they chose for those networks each by itself.
        repeats: How many networks have not learnt from a row, R.
        by_fold: For each fold the one that the other folds chose, (K,).
    """

    value: float
    alone: float
    repeats: int
    by_fold: Floats

    @property
    def together(self) -> float:
        """The temperature of all R K networks, that predict with their mean.

        Each alone is too sure where it errs by itself, and the mean of n networks that err each in
        its own way is so the less the larger n: the logarithm of its temperature is about
        a + b / n. Out of fold there are means of 1 and of R networks, which say how large b is;
        a curve of made networks falls 1.2 to 2 times as far on the way to many, and networks of
        other folds differ in their rows too, hence `FURTHER`. With R = 1 nothing says b: over
        eight tables dividing by 1.1 was best for the plain recipe, and by 1.05 to 1.2 nearly as
        good.
        """
        R, K = self.repeats, len(self.by_fold)
        b = AVERAGED
        if R > 1:
            b = FURTHER * max(0.0, np.log(self.alone / self.value) / (1 - 1 / R))
        return float(self.value * max(np.exp(-b * (1 / R - 1 / (R * K))), 1 / FURTHEST))

    def cooled(self, z: Floats, folds: Sequence[Fold], loss: Loss) -> Floats:
        """Pre-activations (R, N, n_out) divided by the temperature that other folds chose.

        Returns:
            One for the mean of all repeats, (N, n_out).
        """
        cooled = z.astype(float)
        for fold, temperature in zip(folds, self.by_fold, strict=True):
            cooled[:, fold.held_out] /= temperature
        return together(cooled, loss)


def temperature(
    z: Floats, y: Floats, weights: Floats, loss: Loss, folds: Sequence[Fold]
) -> Temperature:
    """The temperatures that make the loss of out-of-fold rows smallest.

    Few rows say little about a temperature, so one far from 1 is doubted: log(T)^2 / 2 is added to
    the summed loss. It never runs off where the classes are separated perfectly.

    Args:
        z: The outputs' pre-activation of every row by networks that have not learnt from it, one
            of each repeat, (R, N, n_out); the loss is that of their mean probability.
        y: Targets as the loss wants them, (N, n_out).
        weights: What each row counts, (N,).
        loss: A loss of probabilities: softmax or sigmoid.
        folds: The folds of the rows, (K,).
    """
    logs = np.linspace(-np.log(LARGEST), np.log(LARGEST), STEPS)  # (T,), the middle one is 0
    counted = weights / weights.mean()  # a row counts 1 on average, (N,)
    fold_of = np.zeros(len(y), int)
    for k, fold in enumerate(folds):
        fold_of[fold.held_out] = k

    def wrong(z: Floats, t: float) -> Floats:
        return counted * loss.value(together(z / z.dtype.type(t), loss), y)[:, 0]  # (N,)

    def curves(z: Floats) -> Floats:
        of = [np.bincount(fold_of, wrong(z, t), minlength=len(folds)) for t in np.exp(logs)]
        return np.stack(of, axis=1)  # (K, T)

    mean = curves(z)
    each = np.mean([curves(one[None]) for one in z], axis=0) if len(z) > 1 else mean  # (K, T)
    by_fold = np.exp([lowest(logs, curve) for curve in mean.sum(axis=0) - mean])  # (K,)
    value, alone = (float(np.exp(lowest(logs, curve.sum(axis=0)))) for curve in (mean, each))
    # The parabola is no proof: whatever it says, all rows together never get worse.
    if wrong(z, value).sum() > mean[:, STEPS // 2].sum():
        value = alone = 1.0
    return Temperature(value, alone, len(z), by_fold)


def together(z: Floats, loss: Loss) -> Floats:
    """The pre-activation whose prediction is the mean of those of several.

    Args:
        z: Pre-activations, (R, N, n_out).
        loss: Whose link makes predictions of them: softmax, sigmoid or linear.

    Returns:
        One pre-activation, (N, n_out): `link` of it is the mean over R of `link(z)`.

    Raises:
        ArgumentError: The link is another one.
    """
    mean = pick(loss.link_name, MEANS, "link whose mean is known")
    return z[0] if len(z) == 1 else mean(z)


def mean_of_softmax(z: Floats) -> Floats:
    """The logarithm of the mean probability of each class, (N, C)."""
    z = z - np.max(z, axis=2, keepdims=True)  # (R, N, C)
    log_p = z - np.log(np.sum(np.exp(z), axis=2, keepdims=True))  # (R, N, C)
    mean: Floats = np.logaddexp.reduce(log_p, axis=0) - np.log(len(z))  # (N, C)
    return mean.astype(z.dtype)


def mean_of_sigmoid(z: Floats) -> Floats:
    """The log-odds of the mean probability of yes, (N, n_out)."""
    yes, no = -np.logaddexp(0, -z), -np.logaddexp(0, z)  # (R, N, n_out), logarithms
    odds: Floats = np.logaddexp.reduce(yes, axis=0) - np.logaddexp.reduce(no, axis=0)
    return odds.astype(z.dtype)


def mean_of_numbers(z: Floats) -> Floats:
    """The mean itself, (N, n_out)."""
    mean: Floats = np.mean(z, axis=0)
    return mean


MEANS = {"softmax": mean_of_softmax, "sigmoid": mean_of_sigmoid, "linear": mean_of_numbers}


def cool(parameters: Parameters, temperature: float) -> None:
    """Divides what the outputs sum up by a temperature: their weights and biases are linear in it.

    So a calibrated network is a network like any other: nothing need be remembered beside it.
    """
    for k in range(len(parameters.values)):
        output = parameters.thetas(k)[-1]
        output.W /= temperature
        output.b /= temperature


def calibrate(problem: Problem, parameters: Parameters, z: Floats) -> tuple[float, Floats]:
    """Cools networks of classes in place, by what they said of rows not learnt from.

    Args:
        problem: What the networks were trained on, in folds.
        parameters: Their numbers.
        z: For every row and repeat the outputs' pre-activation by the network that has not learnt
            from it, (R, N, n_out).

    Returns:
        The temperature, 1 for what is no probability; and the prediction of every row out of
        fold, (N, n_out), each fold cooled by the temperature that the others chose.
    """
    rows, folds, loss = problem.rows, problem.folds, problem.loss
    if not classifies(problem):
        return 1.0, loss.link(together(z, loss))
    found = temperature(z, rows.y, rows.weights, loss, folds)
    cool(parameters, found.together)
    return found.together, loss.link(found.cooled(z, folds, loss))


def lowest(logs: Floats, losses: Floats) -> float:
    """Where a curve over a grid (T,) is lowest, by the parabola through its lowest points."""
    curve = losses + logs**2 / (2 * DOUBT**2)  # (T,)
    if not np.isfinite(curve).all():
        return 0.0
    at = int(np.clip(np.argmin(curve), 1, len(logs) - 2))
    left, middle, right = curve[at - 1 : at + 2]
    bend = left - 2 * middle + right
    shift = 0.0 if bend <= 0 else float(np.clip((left - right) / (2 * bend), -1, 1))
    return float(logs[at] + shift * (logs[1] - logs[0]))


def calibration_error(y: Array, p: Floats, weights: Floats | None = None) -> float:
    """The expected calibration error: how far confidence lies from accuracy, on average.

    Rows are sorted into 15 equal bins by the probability of the class that is predicted
    (Naeini et al. 2015); the gaps of the bins are averaged, each by the weight of its rows.

    Args:
        y: Class numbers, (N,).
        p: Probabilities, (N, C).
        weights: What each row counts, (N,); None for all alike.
    """
    weights = np.ones(len(y)) if weights is None else weights
    confidence, right = p.max(axis=1), np.argmax(p, axis=1) == y  # (N,)
    bins = np.clip((confidence * BINS).astype(int), 0, BINS - 1)  # (N,)
    gaps = np.bincount(bins, weights * (right - confidence), minlength=BINS)
    return float(np.abs(gaps).sum() / weights.sum())


@dataclass(frozen=True, eq=False)
class Conformal:
    """How wrong predictions were on rows not learnt from, which bounds how wrong new ones are.

    This is cross-conformal prediction (Vovk 2015): if new rows are like those seen, a share of
    `coverage` of them is no more wrong than the quantile of the old ones.

    Attributes:
        scores: How wrong predictions were, in ascending order for each output, (M, n): of every
            row, or of rows that lie evenly in that order, the last one among them.
        rows: How many rows there were, N.
    """

    scores: Floats
    rows: int

    @classmethod
    def of(cls, scores: Floats) -> Conformal:
        """From the scores of out-of-fold rows, (N, n), in any order."""
        ordered, N = np.sort(scores.astype(float), axis=0), len(scores)
        M = min(N, MOST_SCORES)
        last = (np.arange(1, M + 1) * N - 1) // M  # of each of M parts, (M,)
        return cls(ordered[last], N)

    @classmethod
    def of_classes(cls, p: Floats, codes: Integers, weights: Floats) -> Conformal:
        """From probabilities (N, C) and class numbers (N,) of the rows that count."""
        right = p[np.arange(len(p)), codes]  # (N,)
        return cls.of(-right[weights > 0, None])

    @classmethod
    def of_numbers(cls, values: Floats, y: Floats, weights: Floats) -> Conformal:
        """From predictions and true numbers, (N, n) each, of the rows that count."""
        return cls.of(np.abs(values - y)[weights > 0])

    def quantile(self, coverage: float) -> Floats:
        """The score that a new row stays at or below with this probability, (n,).

        With N rows it is the smallest but ceil((N + 1) coverage) - 1 of them, or the next larger
        one that was kept; infinite where so few rows cannot say.

        Raises:
            ArgumentError: The coverage is no share.
        """
        check_number("coverage", coverage, above=0, below=1)
        N, (M, n) = self.rows, self.scores.shape
        rank = int(np.ceil((N + 1) * coverage - 1e-9))  # 1e-9: (9 + 1) 0.9 is 9, not a bit more
        return self.scores[(rank - 1) * M // N] if rank <= N else np.full(n, np.inf)  # (n,)

    def interval(self, prediction: Floats, coverage: float) -> Floats:
        """Lower and upper ends around predictions (N, n_out): (N, n_out, 2)."""
        reach = self.quantile(coverage)  # (n_out,)
        return np.stack([prediction - reach, prediction + reach], axis=2)

    def classes(self, p: Floats, coverage: float) -> Array:
        """The classes that are likely enough, given probabilities (N, C): (N, C), none empty.

        A class belongs to the set where its probability is at least that of the right class in a
        share of `coverage` of the rows seen: the smallest sets on average of all that cover as much
        (Sadinle, Lei & Wasserman 2019). The likeliest class always belongs to it.
        """
        sets: Array = -p <= self.quantile(coverage)  # (N, C)
        sets[np.arange(len(p)), np.argmax(p, axis=1)] = True
        return sets
