"""What the classifier and the regressor share: from X and y to networks, scores and predictions."""

from __future__ import annotations

import os
import warnings
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from helder import store
from helder.core.checking import check_count
from helder.core.parameters import Parameters
from helder.errors import ArgumentError, InterruptedWarning, ShortenedWarning
from helder.estimators.checks import (
    check_tuning,
    check_validation,
    numbers_of,
    order_of,
    seed_of,
)
from helder.estimators.inputs import Columns, fit_plan, names_of, read_table
from helder.estimators.judging import Judged, fingerprint, found_in_data, found_in_training
from helder.estimators.listening import CallbackSupportMixin, Progress, Told, with_callbacks
from helder.estimators.saving import fitted_of
from helder.estimators.seeing import SeeThrough
from helder.estimators.targets import Numbers, Target
from helder.learn import MultilayerPerceptron, Rows, Settings
from helder.learn.history import History
from helder.learn.weights import row_weights
from helder.model import Fitted
from helder.model.calibration import Conformal, cool
from helder.model.deadline import Deadline
from helder.model.ensemble import Ensemble, each, fit_ensemble
from helder.model.judging import loss_says
from helder.model.problem import Problem, folds_for, held_out_for
from helder.model.recipes import NETWORK, TRAINING, Adjusted, Continued, Recipe, recipe_with
from helder.model.scores import Metric, Score, metric_named, score
from helder.model.shortening import fit_within, time_to_judge
from helder.model.splitting import shared_out
from helder.model.trying import Trial
from helder.model.tuning import fit_tuned, seconds_for
from helder.table import Table, TablePlan
from helder.typing import Array, Floats

SHARE_OF_WAVES = 0.1  # of their height: a rate that a network bears for ever


class TabularMLP(CallbackSupportMixin, SeeThrough, Judged, BaseEstimator, ABC):
    """A multilayer perceptron for tables; what it predicts is said by the classes below it."""

    _task: str
    _target: Target
    _oof: str  # the name of the attribute with the out-of-fold predictions
    _columns: Columns
    _called: tuple[str, ...]  # the columns of y, where they have names
    _conformal: Conformal | None
    net_: MultilayerPerceptron
    plan_: TablePlan
    history_: History
    cv_score_: Score | None
    shortened_: tuple[str, ...]
    tuned_: tuple[Trial, ...]
    temperature_: float
    _settings: Settings | None
    _learnt: str | None  # the rows and folds of the last fit
    _loaded: Fitted | None  # the file that it is, where it has not learnt since

    @with_callbacks
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
        groups: Any = None,
        times: Any = None,
        time_limit: float | None = None,
    ) -> Any:
        """Learns from the rows; by default in folds, so that each row also gives a score.

        Ctrl-C ends training and keeps what was best until then; an `InterruptedWarning` says so.

        Args:
            X: A data frame, an array or a sparse matrix, (N, columns).
            y: What is to be predicted, (N,) or (N, outputs).
            sample_weight: What each row counts, (N,); rows of weight 0 teach nothing.
            X_val, y_val, sample_weight_val: Rows that choose the epoch. Then all members learn from
                all of X, and there is no out-of-fold score.
            groups: Rows of one group stay in one fold, (N,): those of one person, of one place.
            times: When each row was, (N,), as numbers, dates or texts such as 2024-01-31: folds are
                of neighbouring times, so that no row is predicted by who has seen its own time.
            time_limit: How many seconds `fit` may take. What does not fit is shortened;
                `shortened_` and a `ShortenedWarning` say what. How much fits depends on the
                machine, so the same seed need not give the same networks. With `tune`, it is 60
                where nothing is said.

        Returns:
            The estimator.
        """
        limit = seconds_for(time_limit, tune=self.tune)
        deadline = Deadline.after(limit)
        recipe, metric = self._recipe(), metric_named(self.metric, self._task)
        seed = seed_of(self.random_state)
        check_count("members", self.members)
        check_validation(X_val, y_val, groups, times)
        check_tuning(self.tune, self.warm_start)
        goes_on, given = bool(self.warm_start) and hasattr(self, "net_"), (X, y)
        problem, y, weights = self._rows(X, y, sample_weight, recipe, goes_on=goes_on)
        if X_val is None:
            problem = self._divided(problem, y, weights, seed, groups=groups, times=times)
        else:
            held_out = self._encoded(X_val, y_val, sample_weight_val)
            problem = replace(problem, held_out=held_out)
        self._check(problem, metric)
        data = found_in_data(*given, self._called[0], self._task)
        if self.metric is not None and not loss_says(metric):
            problem = replace(problem, judge=self._target.judge(metric))
        told = Told(self, *given, None if limit else epochs_of(recipe, problem))
        how: dict[str, Any] = {
            "members": self.members,
            "seed": seed,
            "listener": told.listener,
            "engine": self.engine,
            "afterwards": lambda problem: time_to_judge(problem, metric),
        }
        if self.tune:
            outcome = fit_tuned(problem, recipe, deadline, **how)
        elif goes_on:
            goes = Continued(recipe, self.net_.architecture)
            outcome = fit_within(problem, goes, deadline, first=self._uncalibrated(), **how)
        else:
            outcome = fit_within(problem, recipe, deadline, **how)
        problem, ensemble = outcome.problem, outcome.ensemble
        # Networks that go on may have learnt from any row before: only the same rows in the same
        # folds are still out of fold.
        learnt = fingerprint(problem)
        honest = not goes_on or self._learnt == learnt
        self._keep(ensemble, learnt if honest else None)  # once not honest, never again
        self._calls, self._seed = 0, seed
        self.shortened_ = outcome.shortened
        if honest and ensemble.z is not None:
            metric = self._target.metric(metric)
            truth, values = self._look_out_of_fold(problem, ensemble.z, y, weights, metric)
            self.cv_score_ = score(metric, truth, values, weights, seed)
        self.findings_ = (*data, *found_in_training(self, problem, len(y)))
        if self.shortened_:
            text = f"{limit:g} s are less than this fit takes. {' '.join(self.shortened_)}"
            warnings.warn(text, ShortenedWarning, stacklevel=3)
        told.end()
        if self.history_.stopped == "interrupted":
            text = f"Ctrl-C ended training after {self.n_iter_} epochs; the best weights are kept."
            warnings.warn(text, InterruptedWarning, stacklevel=3)
        return self

    def _fit_partly(self, X: Any, y: Any, sample_weight: Any, classes: Any = None) -> Any:
        """One more epoch over these rows, from the networks that there are, or with one anew."""
        goes_on, recipe = hasattr(self, "net_"), self._recipe()
        problem, y, _ = self._rows(X, y, sample_weight, recipe, goes_on=goes_on, classes=classes)
        if not goes_on:
            self._calls, self._seed = 0, seed_of(self.random_state)
        once = Adjusted(recipe, training=self._steadily(recipe.settings(problem)))
        ensemble = fit_ensemble(
            problem,
            Continued(once, self.net_.architecture) if goes_on else once,
            members=len(self.net_.parameters.values) if goes_on else 1,
            seed=self._seed + self._calls,  # other shuffles every time
            listener=Progress(1) if self.verbose else None,
            engine=self.engine,
            first=self._uncalibrated() if goes_on else None,
        )
        before = self.history_ if goes_on else None
        self._keep(ensemble, None)
        self._calls += 1
        if before is not None:
            self.history_.records[:0] = before.records
            self.history_.initial = before.initial
        self.n_iter_ = len(self.history_)
        return self

    def _rows(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        recipe: Recipe,
        *,
        goes_on: bool,
        classes: Any = None,
    ) -> tuple[Problem, Array, Floats]:
        """The rows as a problem, the target as a person wrote it, and the rows' own weights."""
        given = y
        table, y, weights = self._read(X, y, sample_weight, first_time=not goes_on)
        if not goes_on:
            self._called = names_of(given, 1 if y.ndim == 1 else y.shape[1])
            self._target = self._target_of(y, weights, classes)
            self.plan_ = fit_plan(table, np.flatnonzero(weights), recipe.steps, self._called)
            self._columns = Columns(table.names)
        elif isinstance(self._target, Numbers):
            self._target = self._target.widened(y, weights)
        return self._problem(table, y, weights), y, weights

    def _rows_again(self, X: Any, y: Any, sample_weight: Any) -> tuple[Problem, Array, Floats]:
        """The same as `_rows`, and nothing is learnt of them."""
        table, y, weights = self._read(X, y, sample_weight, first_time=False)
        return self._problem(table, y, weights), y, weights

    def _problem(self, table: Table, y: Array, weights: Floats) -> Problem:
        """What networks have to learn of these rows."""
        # The weights of classes keep the rules of rows' own.
        counted = row_weights(len(y), weights * self._class_weights(y), None, None)
        rows = Rows(self.plan_.transform(table), self._target.encode(y), counted.astype(np.float32))
        return Problem(rows, self._target.loss, self.plan_.layout)

    def _read(
        self, X: Any, y: Any, sample_weight: Any, *, first_time: bool
    ) -> tuple[Table, Array, Floats]:
        """X as a table, y as an array, and what each row counts."""
        if y is None:
            raise ArgumentError(
                f"{type(self).__name__} requires y to be passed, but the target y is None"
            )
        table = read_table(self, X, None if first_time else self._columns)
        y = check_array(
            y,
            accept_sparse=True,
            ensure_2d=False,
            dtype=None,
            ensure_min_samples=0,
            input_name="y",
            estimator=self,
        )
        y = self._read_y(y.toarray() if hasattr(y, "toarray") else y)
        check_consistent_length(X, y)
        return table, y, row_weights(len(y), sample_weight, None, None)

    def _encoded(self, X: Any, y: Any, sample_weight: Any) -> Rows:
        """More rows, by the plan and the target that are there."""
        table, y, weights = self._read(X, y, sample_weight, first_time=False)
        return Rows(self.plan_.transform(table), self._target.encode(y), weights.astype(np.float32))

    def _divided(
        self, problem: Problem, y: Array, weights: Floats, seed: int, **together: Any
    ) -> Problem:
        """The problem with folds, or for one member with rows held out; neither for few rows."""
        rows = problem.rows
        how: dict[str, Any] = {"strata": shared_out(self._target.strata(y), weights)}
        for name, read in (("groups", numbers_of), ("times", order_of)):
            if together[name] is not None:
                check_consistent_length(together[name], y)
                how[name] = read(together[name])
        if self.members > 1:
            return replace(problem, folds=folds_for(len(y), self.members, seed, **how))
        part = held_out_for(len(y), seed, **how)
        if part is None:
            return problem
        return replace(problem, rows=rows[part.train], held_out=rows[part.held_out])

    def _recipe(self) -> Adjusted:
        """The recipe, and what the person chose in its place."""
        return recipe_with(
            self.recipe, {name: getattr(self, name) for name in (*NETWORK, *TRAINING)}
        )

    def _steadily(self, settings: Settings) -> dict[str, Any]:
        """One epoch at a rate that stays: the person's own, or what the recipe's waves allow."""
        waves = self.learning_rate is None and settings.schedule != "constant"
        rate = settings.learning_rate * (SHARE_OF_WAVES if waves else 1)
        return {"epochs": 1, "schedule": "constant", "learning_rate": rate}

    def _uncalibrated(self) -> Parameters:
        """The numbers of the networks as training left them."""
        parameters = self.net_.parameters.copy()
        cool(parameters, 1 / self.temperature_)
        return parameters

    def _keep(self, ensemble: Ensemble, learnt: str | None) -> None:
        """Sets what every fit leaves, and clears what only out-of-fold rows can say."""
        self.net_, self.history_ = ensemble.net, ensemble.history
        self.n_iter_, self.best_iter_ = len(self.history_), self.history_.best
        self.n_outputs_ = self.net_.architecture.outputs
        self.cv_score_, self._conformal, self.temperature_ = None, None, 1.0
        self._learnt, self._loaded, self._settings = learnt, None, ensemble.settings
        self.shortened_, self.tuned_ = (), ensemble.trials
        self.findings_, self.verdict_ = (), None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the estimator as a model file, which `helder.load` reads: numbers and text alone.

        Args:
            path: Where to; a file that stands there is replaced.

        Raises:
            NotFittedError: It has not been fitted.
            ArgumentError: A file cannot hold classes of its type.
            HelderError: The file cannot be written there.

        Example:
            model.save("sleep.helder")
            helder.load("sleep.helder").predict(frame)
        """
        store.save(fitted_of(self), path)

    @property
    def loss_curve_(self) -> list[float]:
        """The training loss of every epoch."""
        return self.history_.losses

    @property
    def validation_curve_(self) -> list[float]:
        """The loss of the rows that chose the epoch; empty where there were none."""
        return self.history_.val_losses

    def _inputs(self, X: Any) -> Floats:
        """The inputs of rows to be predicted, (N, inputs)."""
        check_is_fitted(self)
        return self.plan_.transform(read_table(self, X, self._columns))

    def _predicted(self, X: Any) -> Floats:
        """What the networks say on average, (N, outputs)."""
        inputs = self._inputs(X)
        net = self.net_
        p = net.predict(inputs) if self._task == "regression" else net.predict_proba(inputs)
        return p[:, None] if p.ndim == 1 else p

    def _each(self, X: Any) -> Floats:
        """What each network says, (K, N, outputs)."""
        return np.stack([*each(self.net_, self._inputs(X))]).astype(float)

    def _seen(self, what: str) -> Conformal:
        """What the out-of-fold rows say about errors."""
        check_is_fitted(self)
        if self._conformal is None:
            raise ArgumentError(
                f"{what} needs rows that were predicted out of fold, and this fit left none",
                hint="fit with members=8 and without X_val, on more than a handful of rows, "
                "with one label for each",
            )
        return self._conformal

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "net_" in state and not self.net_.parameters.values.flags.writeable:
            # joblib maps arrays into memory read-only, and the engine takes none such.
            self.net_.parameters = self.net_.parameters.copy()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    @abstractmethod
    def _read_y(self, y: Array) -> Array:
        """The target, checked, and of one dimension where it has one column."""

    @abstractmethod
    def _target_of(self, y: Array, weights: Floats, classes: Any) -> Target:
        """How this target is encoded from now on."""

    @abstractmethod
    def _class_weights(self, y: Array) -> Floats:
        """What each row counts for the sake of its class, (N,)."""

    @abstractmethod
    def _check(self, problem: Problem, metric: Metric) -> None:
        """Raises ArgumentError where a choice cannot be used with this problem or metric."""

    @abstractmethod
    def _look_out_of_fold(
        self, problem: Problem, z: Floats, y: Array, weights: Floats, metric: Metric
    ) -> tuple[Array, Floats]:
        """Learns what out-of-fold rows can say; the truth and the predictions, for this metric.

        Args:
            z: What the networks say of each row that have not learnt from it, (R, N, outputs).
        """


def epochs_of(recipe: Recipe, problem: Problem) -> int:
    """How many epochs there are at most, in all repeats."""
    return recipe.settings(problem).epochs * recipe.repeats(problem)
