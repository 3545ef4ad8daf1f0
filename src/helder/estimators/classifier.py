"""The classifier: one class of several, or yes or no for each of several labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d, compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from helder.errors import ArgumentError
from helder.estimators.base import TabularMLP
from helder.estimators.targets import Classes, Labels, Target, columns
from helder.model.calibration import Conformal, cool, temperature
from helder.model.ensemble import Problem
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
        engine: What computes: "native", "numpy", or "auto".
        random_state: Where folds, first weights, shuffles and masks come from.
        warm_start: Whether `fit` goes on from the networks that it left, with their plan.
        verbose: Whether to print a line for every epoch.

    Attributes:
        classes_: The classes, sorted, (C,); of several labels their numbers.
        cv_score_: The metric on rows that chose and taught nothing, with its 95 % interval; None
            where there were no folds, as are all of `oof_`.
        oof_proba_: Probabilities of every row by the network that has not learnt from it, (N, C).
        temperature_: What the outputs were divided by, so that probabilities mean what they say.
        net_: All networks. plan_: How columns become inputs. history_: How training went.
        n_iter_: Epochs trained. best_iter_: The epoch that was best on held-out rows.
        loss_curve_, validation_curve_: The losses of every epoch.
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
        self._fit_partly(X, y, sample_weight, classes)
        return self

    def predict(self, X: Any) -> Array:
        """The likeliest class of every row, (N,); of several labels 0 or 1, (N, outputs)."""
        p = self._predicted(X)
        return self._target.decode(p)

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

    def _keep(self, *kept: Any) -> None:
        super()._keep(*kept)
        self.oof_proba_ = None

    def _look_out_of_fold(
        self, problem: Problem, z: Floats, y: Array, weights: Floats
    ) -> tuple[Array, Floats]:
        rows, folds = problem.rows, problem.folds
        found = temperature(z, rows.y, rows.weights, problem.loss, folds)
        self.temperature_ = found.together
        cool(self.net_.parameters, found.together)
        p = problem.loss.link(found.cooled(z, folds, problem.loss))  # (N, outputs)
        self.oof_proba_ = self._target.probabilities(p)
        if isinstance(self._target, Labels):
            return columns(y, self._target.count, int), p
        codes = self._target.codes(y)
        right = p[np.arange(len(p)), codes]  # (N,)
        self._conformal = Conformal.of(-right[weights > 0, None])
        return codes, p
