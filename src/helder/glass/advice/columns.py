"""Which columns carry the signal: what is lost when one says something random instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from statistics import NormalDist
from typing import Any

import numpy as np

from helder.engine import Purpose, generator
from helder.errors import listed, shown
from helder.glass.advice.related import related
from helder.glass.advice.words import SHARES
from helder.learn import MultilayerPerceptron, Rows
from helder.learn.folds import Fold
from helder.model.deadline import NEVER, Deadline
from helder.model.scale import Scale
from helder.model.scores import METRICS, USUAL, Z95, Metric
from helder.text import Count, say
from helder.typing import Array, Floats, Integers

MOST_ROWS, FEWEST_ROWS = 2000, 300  # that are predicted anew for every column
MOST_CELLS = 20_000_000  # inputs of so many rows, where there are very many columns
ROUNDS = 3  # permutations of each group of columns, where there is time
DRAWS = 200  # of the rows, for an interval
LEVEL = 0.05  # of calling some column's effect real where there is none in any
NAMED = 3  # groups that the sentence names, and columns of a group
SMOOTH = {"classification": "log_loss", "regression": "r2"}  # what shows small effects too


@dataclass(frozen=True)
class Importance:
    """What is lost when a group of columns says something random.

    Attributes:
        columns: Columns that go together, or one alone.
        importance: By how much the score gets worse.
        low, high: The 95 % interval of that, over rows like these.
        loss: By how much the log-loss rises, or for numbers by how much R2 falls.
        clear: Whether the loss tells the effect from nothing, all groups considered.
    """

    columns: tuple[str, ...]
    importance: float
    low: float
    high: float
    loss: float
    clear: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "columns": list(self.columns),
            "importance": self.importance,
            "low": self.low,
            "high": self.high,
            "loss": self.loss,
            "clear": self.clear,
        }


@dataclass(frozen=True)
class Importances:
    """Which columns the networks go by, on rows that they have not learnt from.

    Attributes:
        entries: The clear ones first, then by importance.
        metric: The score that gets worse.
        score: Its value on these rows as they are; None where they are too few or too much alike
            to have one, and then there are no entries.
        rows: How many rows there are.
        rounds: How often each group was permuted, at least.
        unmeasured: Columns that there was no time to look at one by one.
    """

    entries: tuple[Importance, ...]
    metric: str
    score: float | None
    rows: int
    rounds: int
    unmeasured: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The same in words and numbers."""
        clear = [one for one in self.entries if one.clear]
        nothing = say("advice.columns_none", rows=Count(self.rows))
        said = "" if self.unmeasured and not self.entries else nothing
        if clear:
            # The loss may know of a column that moves no decision: it is named where none does.
            felt = [one for one in clear if one.importance > 0] or clear
            shares = self.metric in SHARES
            key, unit = ("advice.column_points", 100) if shares else ("advice.column_score", 1)
            named = [
                say(
                    key,
                    names=together(one.columns),
                    value=unit * one.importance,
                    low=unit * one.low,
                    high=unit * one.high,
                    metric=self.metric,
                )
                for one in felt[:NAMED]
            ]
            said = say("advice.columns", named=listed(named))
        if clear and (unclear := sum(len(one.columns) for one in self.entries if not one.clear)):
            said += " " + say("advice.columns_unclear", count=Count(unclear))
        if self.unmeasured:
            said += " " + say("advice.columns_unmeasured", count=Count(len(self.unmeasured)))
        return said.strip()

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "sentence": self.sentence,
            "metric": self.metric,
            "score": self.score,
            "rows": self.rows,
            "rounds": self.rounds,
            "entries": [one.to_dict() for one in self.entries],
            "unmeasured": list(self.unmeasured),
        }


def together(columns: Sequence[str]) -> str:
    """The columns of a group as a sentence names them."""
    named = " + ".join(map(shown, columns[:NAMED]))
    more = len(columns) - NAMED
    return say("advice.columns_more", named=named, more=more) if more > 0 else named


def importances(
    net: MultilayerPerceptron,
    rows: Rows,
    columns: Mapping[str, Sequence[int]],
    metric: Metric,
    *,
    folds: Sequence[Fold] = (),
    scale: Scale | None = None,
    deadline: Deadline = NEVER,
    seed: int = 0,
) -> Importances:
    """Permutes each group of columns, and measures how much worse the networks do (Breiman 2001).

    A group's inputs are dealt out anew among the rows of one fold, which the fold's own networks
    predict. All else stays as it is, so columns that say nearly the same are permuted together:
    each alone would look as if it said nothing. The interval is that of rows drawn again. It
    says how sure we are of these networks, not how others would divide their attention.

    Args:
        net: The networks, R K of them with K folds, as a fit leaves them.
        rows: Inputs (N, n_in), class numbers or numbers y (N,), and weights (N,). Without folds
            rows that no network has learnt from.
        columns: The numbers of the inputs that each column becomes, as `TablePlan.inputs_of`.
        metric: The score. One that scikit-learn computes is replaced by the usual one: it cannot
            score many draws at once.
        folds: The folds of the rows.
        scale: Of a numeric target, else None.
        deadline: When to have done, but for three passes over the rows that are made in any case.
            Where time is short there are fewer rows; where it is shorter still, columns are
            permuted in blocks, and the block that matters most is halved first.
        seed: Where the permutations come from.
    """
    if METRICS.get(metric.name) is not metric:
        metric = METRICS[USUAL[metric.task]]
    panel = Panel(net, rows, metric, folds, scale, seed)
    if not np.isfinite(panel.whole[:, 0]).all():
        return Importances((), metric.name, None, len(panel.rows), 0)
    groups = related(panel.rows.X, columns)
    inputs = [np.concatenate([np.asarray(columns[name]) for name in group]) for group in groups]
    needed = len(groups) * pass_time(panel, deadline)
    if needed > deadline.left:
        most = max(FEWEST_ROWS, int(MOST_ROWS * deadline.left / needed))
        panel = Panel(net, rows, metric, folds, scale, seed, most)
    found = measured(panel, inputs, deadline)
    certain = NormalDist().inv_cdf(1 - LEVEL / max(len(groups), 1))
    entries = [entry(groups[at], drops, certain) for at, drops in found.items()]
    entries.sort(key=lambda one: (not one.clear, -one.importance, -one.loss))
    return Importances(
        entries=tuple(entries),
        metric=metric.name,
        score=float(panel.whole[0, 0]),
        rows=len(panel.rows),
        rounds=min((len(drops) for drops in found.values()), default=0),
        unmeasured=tuple(
            name for at, group in enumerate(groups) if at not in found for name in group
        ),
    )


def entry(columns: tuple[str, ...], drops: Sequence[Floats], certain: float) -> Importance:
    """What the rounds of one group say together, each (2, 1 + DRAWS).

    Args:
        columns: The group.
        drops: By how much the score and the loss got worse, on the rows and on draws of them.
        certain: How many standard errors above nothing the loss is to be.
    """
    mean = np.mean(drops, axis=0)
    (value, loss), errors = mean[:, 0], np.nanstd(mean[:, 1:], axis=1)
    reach = Z95 * errors[0]
    clear = bool(loss > certain * errors[1])
    return Importance(
        columns, float(value), float(value - reach), float(value + reach), float(loss), clear
    )


class Panel:
    """Rows, and the networks that have not learnt from them.

    Args:
        net: The networks.
        rows: Inputs, class numbers or numbers, and weights.
        metric: The score.
        folds: The folds of the rows; none where no network has learnt from any.
        scale: Of a numeric target, else None.
        seed: Where the sample, the draws and the permutations come from.
        most: How many rows, about.
    """

    def __init__(
        self,
        net: MultilayerPerceptron,
        rows: Rows,
        metric: Metric,
        folds: Sequence[Fold],
        scale: Scale | None,
        seed: int,
        most: int = MOST_ROWS,
    ) -> None:
        rng = generator(seed, 0, Purpose.RESAMPLE)
        networks = len(net.parameters.values)
        held = [fold.held_out for fold in folds] or [np.arange(len(rows))]
        held = [own[rows.weights[own] > 0] for own in held]
        most = min(most, max(FEWEST_ROWS, MOST_CELLS // rows.X.shape[1]))
        share = min(1.0, most / max(sum(map(len, held)), 1))
        drawn = [rng.choice(own, int(np.ceil(share * len(own))), replace=False) for own in held]
        ends = np.cumsum([0, *map(len, drawn)])
        self.rows = rows[np.concatenate(drawn)]
        self.parts = [
            (slice(ends[k], ends[k + 1]), range(k, networks, len(held))) for k in range(len(held))
        ]
        self.net, self.scale, self.seed = net, scale, seed
        self.metrics = (metric, METRICS[SMOOTH[metric.task]])
        n = len(self.rows)
        counts = [np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(DRAWS)]
        self.weights = np.stack([np.ones(n), *counts]) * self.rows.weights  # (1 + DRAWS, n)
        self.whole = self.scores(self.rows.X)

    def scores(self, X: Floats) -> Floats:
        """The score and the smooth score of inputs (n, n_in), on the rows and on draws of them.

        Returns:
            (2, 1 + DRAWS).
        """
        predicted = self.predicted(X)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = [one.many(self.rows.y, predicted, self.weights) for one in self.metrics]
        return np.array(found)

    def predicted(self, X: Floats) -> Floats:
        """Probabilities (n, C) or numbers (n,), the mean of the networks that know no such row."""
        net, means = self.net, []
        X = np.ascontiguousarray(X, net.dtype)
        with net.engine.alone():
            for rows, networks in self.parts:
                said = [
                    net.engine.predictions(net.network, net.parameters, X[rows], k)
                    for k in networks
                ]
                means.append(np.mean(said, axis=0))  # (rows, n_out)
        p = np.concatenate(means)  # (n, n_out)
        return p if self.scale is None else self.scale.in_units(p[:, 0])

    def drops(self, inputs: Integers, turn: int) -> Floats:
        """By how much the two scores get worse when these inputs are dealt out anew.

        Args:
            inputs: Their numbers.
            turn: Which permutation; it is the same for all inputs.

        Returns:
            (2, 1 + DRAWS).
        """
        X = self.rows.X.copy()
        X[:, inputs] = X[np.ix_(self.permutation(turn), inputs)]
        signs = np.array([1 if one.greater_is_better else -1 for one in self.metrics])
        worse: Floats = signs[:, None] * (self.whole - self.scores(X))
        return worse

    def permutation(self, turn: int) -> Integers:
        """An order of the rows that leaves each in its fold, (n,)."""
        rng = generator(self.seed, 1 + turn, Purpose.RESAMPLE)
        orders = [rows.start + rng.permutation(rows.stop - rows.start) for rows, _ in self.parts]
        return np.concatenate(orders)


def pass_time(panel: Panel, deadline: Deadline) -> float:
    """Seconds of one pass; NaN without a deadline: nothing is below or above it."""
    before = deadline.left
    panel.scores(panel.rows.X)
    return before - deadline.left


def measured(panel: Panel, inputs: Sequence[Array], deadline: Deadline) -> dict[int, list[Floats]]:
    """What each round says of each group, by its number, as far as there is time."""
    took = pass_time(panel, deadline)
    if len(inputs) * took > deadline.left:
        return halved(panel, inputs, deadline, took)
    found: dict[int, list[Floats]] = {}
    for turn in range(ROUNDS):
        for at, own in enumerate(inputs):
            if deadline.left < took:
                return found
            found.setdefault(at, []).append(panel.drops(own, turn))
    return found


def halved(
    panel: Panel, inputs: Sequence[Array], deadline: Deadline, took: float
) -> dict[int, list[Floats]]:
    """The same where there is no time for all: blocks, the one that matters most halved first."""
    found: dict[int, list[Floats]] = {}
    queue = [(0.0, 0, len(inputs))]  # less its effect, the first group, the one after the last
    while queue and deadline.left >= 2 * took:
        _, start, stop = heappop(queue)
        middle = (start + stop) // 2
        for half in (range(start, middle), range(middle, stop)):
            drops = panel.drops(np.concatenate([inputs[at] for at in half]), 0)
            if len(half) == 1:
                found[half.start] = [drops]
            else:
                heappush(queue, (-float(drops[1, 0]), half.start, half.stop))
    return found
