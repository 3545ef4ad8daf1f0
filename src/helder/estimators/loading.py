"""Estimators of model files: those that an estimator wrote, and those of the command line."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from helder.core.activations import ACTIVATIONS
from helder.engine.choosing import native_is_here
from helder.errors import ModelFileError
from helder.estimators import labels
from helder.estimators.classifier import MLPClassifier
from helder.estimators.inputs import Columns
from helder.estimators.parameters import Formulas, described, restored
from helder.estimators.regressor import MLPRegressor
from helder.estimators.targets import Classes, Labels, Numbers, Target
from helder.learn import MultilayerPerceptron
from helder.model import Fitted
from helder.model.ensemble import Ensemble
from helder.model.fitted import Estimated
from helder.model.recipes import Plain
from helder.store import load as load_fitted
from helder.store.reading import fitting_together
from helder.table.contents import shown_path
from helder.typing import Array

Estimator = MLPClassifier | MLPRegressor


def load(path: str | os.PathLike[str], *, formulas: Formulas | None = None) -> Estimator:
    """The estimator of a model file, fitted: one that was saved, or one for what the command made.

    Args:
        path: The file, of `save` or of `helder train`.
        formulas: Activations and losses of your own that the network uses, by name; the file
            stores only their names.

    Raises:
        ModelFileError: The file is missing, foreign, damaged, made by a later version, or uses a
            formula that was not given.

    Example:
        model.save("sleep.helder")
        load("sleep.helder").predict(frame)
    """
    fitted, where = load_fitted(path, formulas=formulas), shown_path(str(path))
    with fitting_together(where):
        return estimator_of(fitted, formulas or {}, where)


def estimator_of(fitted: Fitted, formulas: Formulas, where: str) -> Estimator:
    """The estimator that predicts as this does."""
    kind = MLPRegressor if fitted.classes is None else MLPClassifier
    state = fitted.estimated or of_table(fitted)
    target, order = target_of(fitted, state)
    model: Any = unfitted(kind, restored(state.parameters, formulas), where)
    net = network(fitted.net, model.engine, order)
    model._target, model.plan_ = target, fitted.plan
    if isinstance(target, Classes | Labels):
        model.classes_ = target.classes
    model._columns = Columns(state.columns, state.among_others)
    model.n_features_in_ = len(state.columns)
    if state.features is not None:
        model.feature_names_in_ = np.array(state.features, object)
    model._called = tuple(output.name for output in fitted.outputs) or (fitted.target.name,)
    model._keep(Ensemble(net, fitted.history, None, (), settings=fitted.settings), state.learnt)
    model.shortened_ = state.shortened
    model.findings_, model.verdict_ = fitted.findings or (), fitted.verdict
    model._calls, model._seed, model._loaded = state.calls, fitted.seed, fitted
    if fitted.estimated is not None and isinstance(target, Classes | Labels):
        model.threshold_, model._costs = fitted.decision.threshold, fitted.decision.costs
    model.temperature_, model._conformal = fitted.temperature, fitted.conformal
    model.cv_score_ = None if fitted.scores.cv is None else fitted.scores.cv.score
    out_of_fold = fitted.out_of_fold
    if out_of_fold is not None:
        flat = isinstance(target, Numbers) and target.flat
        out_of_fold = out_of_fold[:, 0] if flat else out_of_fold[:, order]
    setattr(model, model._oof, out_of_fold)
    return model


def of_table(fitted: Fitted) -> Estimated:
    """What an estimator would be that had trained this, where the command line did."""
    layers = fitted.net.architecture.hidden_layers  # all alike but for their units
    alike: dict[str, Any] = {}
    for layer in layers[:1]:
        name = getattr(layer.activation, "name", "")
        own = name not in ACTIVATIONS
        alike = {"activation": layer.activation if own else name, "dropout": layer.dropout}
    parameters = {
        "recipe": fitted.recipe or Plain.name,
        "members": len(fitted.net.parameters.values),
        "hidden": tuple(layer.units for layer in layers),
        **alike,
        "metric": fitted.scores.test.score.metric,
        "random_state": fitted.seed,
    }
    names = tuple(step.name for step in fitted.plan.columns)
    return Estimated(
        parameters=described(parameters),
        columns=names,
        features=names,
        among_others=True,
        labels=None,
        calls=0,
        learnt=None,
    )


def unfitted(kind: type[Estimator], parameters: dict[str, Any], where: str) -> Estimator:
    """The estimator with these parameters; a parameter that it lacks comes from a later helder."""
    unknown = sorted(set(parameters) - set(kind().get_params()))
    if unknown:
        raise ModelFileError(
            "this model file was made by a later version of helder",
            got=f"the parameter {unknown[0][:100]!r}",
            hint="install a newer helder",
            where=where,
        )
    return kind(**parameters)


def target_of(fitted: Fitted, state: Estimated) -> tuple[Target, Array | slice]:
    """What the networks' outputs mean, and in which order the classes take them.

    The command line lets a person choose the order of classes; those of an estimator are sorted,
    as all that works with estimators expects.
    """
    every = slice(None)
    if fitted.classes is None:
        scales = [output.scale for output in fitted.outputs] or [fitted.scale]
        numbers = tuple(scale for scale in scales if scale is not None)
        return Numbers(numbers, flat=not fitted.outputs), every
    if fitted.outputs:
        return Labels(len(fitted.outputs)), every
    if state.labels is not None:
        return Classes(labels.read(fitted.classes, state.labels)), every
    classes = labels.of_table(fitted.target)
    order = np.argsort(classes)  # (C,)
    if (order == np.arange(len(order))).all():
        return Classes(classes), every
    return Classes(classes[order]), order


def network(net: MultilayerPerceptron, engine: str, order: Array | slice) -> MultilayerPerceptron:
    """The networks on this engine, with their outputs in another order.

    Where a native engine was asked for and is not here, NumPy's runs.
    """
    parameters = net.parameters
    if not isinstance(order, slice):
        parameters = parameters.copy()
        for k in range(len(parameters.values)):
            output = parameters.thetas(k)[-1]
            output.W[...] = output.W[:, order]  # (n_in, C)
            output.b[...] = output.b[:, order]  # (1, C)
    return MultilayerPerceptron(
        net.architecture,
        seed=net.seed,
        dtype=net.dtype,
        engine="auto" if engine == "native" and not native_is_here() else engine,
        parameters=parameters,
    )
