"""The regressor: one number or several for every row."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import column_or_1d

from helder.estimators.base import TabularMLP
from helder.estimators.targets import Numbers, Target
from helder.model.calibration import Conformal, together
from helder.model.problem import Problem
from helder.model.scores import Metric
from helder.typing import Array, Floats


class MLPRegressor(RegressorMixin, TabularMLP):
    """Networks that predict numbers, trained in folds: predictions and an honest score at once.

    Args:
        recipe: Which network, and how it learns, "strong" or "plain". What is None is left to the
            recipe.
        members: How many networks are trained side by side and predict together, each without one
            fold of the rows; a recipe may repeat them. With 1, some rows are held out to choose
            the epoch.
        hidden: Units of each hidden layer, such as `(64, 64)`, or `Hidden` layers; `()` is the
            linear model.
        activation: Of the hidden layers, by name or as an `Activation`.
        dropout: The probability that a hidden unit is silent in training.
        learning_rate: The size of a step.
        epochs: How often to go through the rows, at most.
        batch_size: Rows per update.
        metric: What `cv_score_` measures and what chooses the epoch: "r2", "rmse", "mae", the name
            of one of scikit-learn's scorers, or a scorer, to which X are the predictions. None: the
            loss chooses the epoch, and `cv_score_` is r2.
        tune: Whether to try other learning rates, weight decays, dropouts and the like in the time
            that is left (`fit(..., time_limit=60)`), and to keep the few ensembles that together
            have the smallest loss out of fold.
        engine: What computes: "native", "numpy", or "auto".
        random_state: Where folds, first weights, shuffles and masks come from.
        warm_start: Whether `fit` goes on from the networks that it left, with their plan.
        verbose: Whether to print a line for every epoch, with its losses and the time left.

    Attributes:
        cv_score_: The metric on rows that chose and taught nothing, with its 95 % interval; None
            where there were no folds, as are all of `oof_`.
        oof_prediction_: The prediction for every row by the network that has not learnt from it,
            (N,) or (N, outputs).
        net_: All networks. plan_: How columns become inputs. history_: How training went.
        n_iter_: Epochs trained. best_iter_: The epoch that was best on held-out rows.
        loss_curve_, validation_curve_: The losses of every epoch, of the standardised target.
        tuned_: What `tune` tried: `values` that differ from the recipe, `val_loss` out of fold, and
            `kept`, how many networks are of it.
        shortened_: What a `time_limit` of the last `fit` shortened, a sentence each.
        n_features_in_, feature_names_in_: The columns of X.

    Example:
        model = MLPRegressor().fit(frame, numbers)
        model.cv_score_, model.predict(others), model.predict_interval(others, coverage=0.9)
    """

    _task = "regression"
    _oof = "oof_prediction_"
    _target: Numbers
    oof_prediction_: Floats | None

    def __init__(
        self,
        *,
        recipe: str = "strong",
        members: int = 8,
        hidden: Any = None,
        activation: Any = None,
        dropout: float | None = None,
        learning_rate: float | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        metric: Any = None,
        tune: bool = False,
        engine: str = "auto",
        random_state: Any = None,
        warm_start: bool = False,
        verbose: bool = False,
    ) -> None:
        self.recipe = recipe
        self.members = members
        self.hidden = hidden
        self.activation = activation
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.metric = metric
        self.tune = tune
        self.engine = engine
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPRegressor:
        """One more epoch over these rows: the first call makes one network, without folds.

        The scale of the target is that of the first rows.

        Args:
            X, y: Rows, as in `fit`.
            sample_weight: What each row counts, (N,).
        """
        self._fit_partly(X, y, sample_weight)
        return self

    def predict(self, X: Any) -> Floats:
        """The prediction for every row, (N,) or (N, outputs)."""
        z = self._predicted(X)
        return self._target.decode(z)

    def predict_std(self, X: Any) -> Floats:
        """How far all networks' predictions lie apart: a standard deviation, as `predict`."""
        spread = self._each(X).std(axis=0)  # (N, outputs), where y has a deviation of 1
        spread = spread * self._target.std
        return spread[:, 0] if self._target.flat else spread

    def predict_interval(self, X: Any, coverage: float = 0.9) -> Floats:
        """Lower and upper ends that hold the true number with this probability.

        They are as wide for every row, and infinite where the rows seen were too few to say.

        Returns:
            (N, 2), or (N, outputs, 2) with each output covered by itself.
        """
        seen = self._seen("predict_interval")
        values = self._target.in_units(self._predicted(X))  # (N, outputs)
        ends = seen.interval(values, coverage)
        return ends[:, 0] if self._target.flat else ends

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _read_y(self, y: Array) -> Array:
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return y.astype(float)

    def _target_of(self, y: Array, weights: Floats, classes: Any) -> Target:
        return Numbers.of(y, weights, clamps=self._recipe().clamps)

    def _class_weights(self, y: Array) -> Floats:
        return np.ones(len(y))

    def _keep(self, *kept: Any) -> None:
        super()._keep(*kept)
        self.oof_prediction_ = None

    def _check(self, problem: Problem, metric: Metric) -> None:
        pass

    def _look_out_of_fold(
        self, problem: Problem, z: Floats, y: Array, weights: Floats, metric: Metric
    ) -> tuple[Array, Floats]:
        z = together(z, problem.loss)
        values = self._target.out_of_fold(z, y, weights, problem.folds)  # (N, outputs)
        self._conformal = Conformal.of_numbers(values, y.reshape(values.shape), weights)
        self.oof_prediction_ = values[:, 0] if self._target.flat else values
        return y, self.oof_prediction_
