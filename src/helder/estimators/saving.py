"""What a model file holds of an estimator; `loading.py` has the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sklearn.utils.validation import check_is_fitted

from helder.errors import ArgumentError
from helder.estimators import labels
from helder.estimators.parameters import described
from helder.estimators.targets import Classes, Numbers
from helder.model import Fitted, Judgement, Score, Scores
from helder.model.fitted import Estimated, Output, made_by
from helder.model.scale import Scale
from helder.model.scores import metric_named
from helder.model.thresholds import LIKELIEST
from helder.store.parts import YES_NO
from helder.table import TargetPlan

if TYPE_CHECKING:
    from helder.estimators.base import TabularMLP

NOBODY_ASKED = float("nan")


def fitted_of(model: TabularMLP) -> Fitted:
    """The estimator as a model file holds it.

    Raises:
        NotFittedError: It has not been fitted.
        ArgumentError: Its classes are of a kind that no file can hold.
    """
    check_is_fitted(model)
    file = model._loaded
    if file is not None:  # nothing was learnt since
        kinds = None if file.estimated is None else file.estimated.labels
        return replace(file, estimated=estimated(model, kinds), verdict=model.verdict_)
    target, kinds = target_plan(model)
    scales = scales_of(model)
    several = len(scales) > 1
    out_of_fold = getattr(model, model._oof)
    return Fitted(
        plan=model.plan_,
        target=target,
        net=model.net_,
        scale=scales[0],
        scores=scores(model, 0 if out_of_fold is None else len(out_of_fold)),
        history=model.history_,
        seed=model._seed,
        data_hash="",
        versions=made_by(),
        recipe=model.recipe,
        temperature=model.temperature_,
        conformal=model._conformal,
        out_of_fold=None if out_of_fold is None else out_of_fold.reshape(len(out_of_fold), -1),
        outputs=tuple(map(Output, model._called, scales)) if several else (),
        decision=getattr(model, "_decision", LIKELIEST),  # of a classifier
        estimated=estimated(model, kinds),
        settings=model._settings,
        findings=model.findings_,
        verdict=model.verdict_,
    )


def estimated(model: TabularMLP, kinds: tuple[str, str] | None) -> Estimated:
    """What the estimator is beside its networks."""
    columns = model._columns
    features = getattr(model, "feature_names_in_", None)
    return Estimated(
        parameters=described(model.get_params(deep=False)),
        columns=columns.names,
        features=None if features is None else tuple(map(str, features)),
        among_others=columns.among_others,
        labels=kinds,
        calls=model._calls,
        learnt=model._learnt,
        shortened=model.shortened_,
    )


def target_plan(model: TabularMLP) -> tuple[TargetPlan, tuple[str, str] | None]:
    """How a table's column is read as this target, and what kinds of values its classes are."""
    target, name = model._target, model._called[0]
    if isinstance(target, Numbers):
        return TargetPlan(name, "regression", None, True, None), None
    if not isinstance(target, Classes):
        return TargetPlan(name, "classification", YES_NO, True, None), None
    names, kinds = labels.written(target.classes)
    numeric = labels.numeric(names, kinds)
    return TargetPlan(name, "classification", names, numeric, None), kinds


def scales_of(model: TabularMLP) -> list[Scale | None]:
    """The scale of each number that is predicted; None for each other target."""
    target = model._target
    if isinstance(target, Numbers):
        return list(target.scales)
    return [None] * (1 if isinstance(target, Classes) else target.count)


def scores(model: TabularMLP, rows: int) -> Scores:
    """The out-of-fold score; NaN in place of what was not measured."""
    found = model.cv_score_
    name = metric_named(model.metric, model._task).name if found is None else found.metric
    cv = None if found is None else Judgement(found, {}, None, rows)
    if cv is not None and is_known(name, model._task):
        return Scores(cv, NOBODY_ASKED, None, {}, cv)
    # What somebody else measures by has a name that every helder knows.
    usual = name if is_known(name, model._task) else metric_named(None, model._task).name
    unscored = Score(usual, NOBODY_ASKED, NOBODY_ASKED, NOBODY_ASKED)
    return Scores(Judgement(unscored, {}, None, 0), NOBODY_ASKED, None, {}, cv)


def is_known(name: str, task: str) -> bool:
    """Whether there is a metric of this name, not only somebody's own scorer."""
    try:
        metric_named(name, task)
    except ArgumentError:
        return False
    return True
