"""The classifier: one class of several, or yes or no for each of several labels."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d, compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from helder.errors import ArgumentError, HelderWarning
from helder.estimators.base import TabularMLP
from helder.estimators.targets import Classes, Labels, Target, columns
from helder.model.calibration import Conformal, calibrate
from helder.model.ensemble import Ensemble
from helder.model.problem import Problem
from helder.model.scores import Metric, certain
from helder.model.thresholds import BY_METRIC, HALF, Decision, best_thresholds, decision_of
from helder.typing import Array, Floats


class MLPClassifier(ClassifierMixin, TabularMLP):
    """Networks that tell classes apart, trained in folds: predictions and an honest score at once.

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
        metric: What `cv_score_` measures and what chooses the epoch: "accuracy",
            "balanced_accuracy", "log_loss", "auc", "f1", the name of one of scikit-learn's scorers,
            or a scorer, to which X are the predictions. None: the loss chooses the epoch, and
            `cv_score_` is accuracy.
        class_weight: What each class counts, a dict by label or "balanced".
        threshold: Of two classes the second one is predicted where its probability is above this:
            a number, or "metric" for the one that makes `metric` best on out-of-fold rows. None for
            the likeliest class.
        costs: What mistakes cost by (true, predicted), a dict of labels, in which a mistake that is
            not named costs 1, or an array (C, C); the class of least expected cost is predicted.
        tune: Whether to try other learning rates, weight decays, dropouts and the like in the time
            that is left (`fit(..., time_limit=60)`), and to keep the few ensembles that together
            have the smallest loss out of fold.
        engine: What computes: "native", "numpy", or "auto".
        random_state: Where folds, first weights, shuffles and masks come from.
        warm_start: Whether `fit` goes on from the networks that it left, with their plan.
        verbose: Whether to print a line for every epoch, with its losses and the time left.

    Attributes:
        classes_: The classes, sorted, (C,); of several labels their numbers.
        cv_score_: The metric on rows that chose and taught nothing, with its 95 % interval; None
            where there were no folds, as are all of `oof_`.
        oof_proba_: Probabilities of every row by the network that has not learnt from it, (N, C).
        threshold_: Above which probability the second of two classes is predicted; None for more
            classes. For `cv_score_` each fold is decided by the one that the other folds chose.
        temperature_: What the outputs were divided by, so that probabilities mean what they say.
        net_: All networks. plan_: How columns become inputs. history_: How training went.
        n_iter_: Epochs trained. best_iter_: The epoch that was best on held-out rows.
        loss_curve_, validation_curve_: The losses of every epoch.
        tuned_: What `tune` tried: `values` that differ from the recipe, `val_loss` out of fold, and
            `kept`, how many networks are of it.
        shortened_: What a `time_limit` of the last `fit` shortened, a sentence each.
        n_features_in_, feature_names_in_: The columns of X.

    Example:
        model = MLPClassifier().fit(frame, labels)
        model.cv_score_, model.predict_proba(others), model.predict_set(others, coverage=0.95)
    """

    _task = "classification"
    _oof = "oof_proba_"
    _target: Classes | Labels
    oof_proba_: Floats | None
    classes_: Array
    threshold_: float | None
    _costs: Floats | None  # of more classes than two

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
        class_weight: Any = None,
        threshold: float | str | None = None,
        costs: Any = None,
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
        self.class_weight = class_weight
        self.threshold = threshold
        self.costs = costs
        self.tune = tune
        self.engine = engine
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose

    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> MLPClassifier:
        """One more epoch over these rows: the first call makes one network, without folds.

        Args:
            X, y: Rows, as in `fit`.
            classes: All classes that there will be, in the first call.
            sample_weight: What each row counts, (N,).
        """
        if classes is None and not hasattr(self, "net_"):
            raise ArgumentError(
                "the first partial_fit must say which classes there will be",
                accepted="classes=np.unique(all_labels)",
            )
        if isinstance(self.class_weight, str):
            raise ArgumentError(
                "a part of the rows does not say how frequent the classes are",
                got=self.class_weight,
                accepted="class_weight as a dict",
            )
        if isinstance(self.threshold, str):
            raise ArgumentError(
                "a part of the rows leaves none out of fold to choose a threshold by",
                got=self.threshold,
                accepted="a number",
            )
        self._fit_partly(X, y, sample_weight, classes)
        return self

    def predict(self, X: Any) -> Array:
        """The class of every row, (N,); of several labels 0 or 1, (N, outputs).

        It is the likeliest one, or the one that `threshold_` or the costs say.
        """
        p = self._predicted(X)
        if isinstance(self._target, Labels):
            return self._target.decode(p)
        return self.classes_[self._decision.codes(p[:, : len(self.classes_)])]

    def predict_proba(self, X: Any) -> Floats:
        """The probability of every class, (N, C), or of every label, (N, outputs)."""
        p = self._predicted(X)
        return self._target.probabilities(p)

    def predict_std(self, X: Any) -> Floats:
        """How far the probabilities of all networks lie apart: their standard deviation, (N, C)."""
        return self._each(X).std(axis=0)[:, : len(self.classes_)]

    def predict_set(self, X: Any, coverage: float = 0.9) -> Array:
        """The classes that hold the right one with this probability, (N, C) of yes and no.

        Every set holds the likeliest class at least.
        """
        seen = self._seen("predict_set")
        return seen.classes(self._predicted(X)[:, : len(self.classes_)], coverage)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _read_y(self, y: Array) -> Array:
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y")
        if kind == "multiclass-multioutput":
            raise ArgumentError(
                "several outputs are yes or no each",
                got=kind,
                accepted="0 and 1 in every column, or one column of classes",
            )
        return y if kind == "multilabel-indicator" else column_or_1d(y, warn=True)

    def _target_of(self, y: Array, weights: Floats, classes: Any) -> Target:
        target: Classes | Labels
        if y.ndim == 2:
            target = Labels(y.shape[1])
        else:
            target = Classes(np.unique(y if classes is None else np.asarray(classes)))
        self.classes_ = target.classes
        return target

    def _class_weights(self, y: Array) -> Floats:
        if self.class_weight is None:
            return np.ones(len(y))
        return compute_sample_weight(self.class_weight, y)

    @property
    def _decision(self) -> Decision:
        return Decision(self.threshold_, self._costs)

    def _decision_asked(self) -> Decision:
        """How the person chose to decide.

        Raises:
            ArgumentError: The choice cannot be used with these classes.
        """
        if isinstance(self._target, Classes):
            return decision_of(self.threshold, self.costs, self._target.classes)
        if self.threshold is not None or self.costs is not None:
            raise ArgumentError(
                "thresholds and costs are for one class of several, and these are several labels",
                accepted="threshold=None and costs=None",
            )
        return Decision()

    def _check(self, problem: Problem, metric: Metric) -> None:
        self._decision_asked()
        if self.threshold is None and self.costs is None:
            return
        if metric.scorer is not None and not hasattr(metric.scorer, "_response_method"):
            raise ArgumentError(
                "nobody knows whether this function looks at decisions or at probabilities",
                got=metric.name,
                accepted="a scorer of make_scorer",
            )
        if self.threshold != BY_METRIC:
            return
        if not metric.decides:
            raise ArgumentError(
                "this metric looks at probabilities, whatever the threshold",
                got=metric.name,
                accepted='a metric of decisions, such as "f1" or "balanced_accuracy"',
            )
        if not problem.folds:
            raise ArgumentError(
                "a threshold is chosen by rows that were predicted out of fold: there are none",
                accepted="a number as the threshold",
                hint="fit with members=8 and without X_val, on more than a handful of rows",
            )

    def _keep(self, ensemble: Ensemble, learnt: str | None) -> None:
        super()._keep(ensemble, learnt)
        self.oof_proba_ = None
        trained = bool(ensemble.chosen)  # not read from a file
        if trained and self.threshold == BY_METRIC and (ensemble.z is None or learnt is None):
            warnings.warn(
                f"No row was left out of fold to choose a threshold by: it is {HALF}.",
                HelderWarning,
                stacklevel=4,
            )
        asked = self._decision_asked()
        self.threshold_, self._costs = asked.threshold, asked.costs

    def _look_out_of_fold(
        self, problem: Problem, z: Floats, y: Array, weights: Floats, metric: Metric
    ) -> tuple[Array, Floats]:
        self.temperature_, p = calibrate(problem, self.net_.parameters, z)  # (N, outputs)
        self.oof_proba_ = self._target.probabilities(p)
        if isinstance(self._target, Labels):
            return columns(y, self._target.count, int), p
        codes = self._target.codes(y)
        self._conformal = Conformal.of_classes(p, codes, weights)
        decided = self._decision.codes(p)
        if self.threshold == BY_METRIC:
            best = best_thresholds(metric, codes, p, weights, problem.folds)
            self.threshold_, decided = best.value, best.codes(p, problem.folds)
        return codes, certain(decided, p.shape[1]) if metric.decides else p
