"""Importances say which columns the networks go by, on rows that they have not learnt from."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from helder.glass.advice import importances
from helder.glass.advice.columns import MOST_ROWS, Importance, Importances, Panel, halved
from helder.learn import Rows
from helder.model.deadline import Deadline
from helder.model.scores import METRICS, metric_named


def looked_at(learnt, target, metric=None, **given):
    prepared, fitted = learnt(target)
    how = {"folds": prepared.folds, "scale": fitted.scale} | given
    metric = metric_named(metric, prepared.target.task)
    return importances(fitted.net, prepared.train, prepared.plan.inputs_of, metric, **how)


def by_columns(found):
    return {one.columns: one for one in found.entries}


@pytest.mark.parametrize("target", ["class", "price"])
def test_the_columns_stand_in_the_order_of_what_they_say(learnt, target):
    found = looked_at(learnt, target)
    assert [one.columns for one in found.entries[:2]] == [("strong", "twin"), ("weak",)]
    noise = by_columns(found)["noise",]
    assert not noise.clear
    assert noise.low < 0.02
    first = found.entries[0]
    assert first.clear
    assert 0 < first.low < first.importance < first.high


def test_the_score_is_that_of_rows_out_of_fold(learnt):
    prepared, fitted = learnt("price")
    found = looked_at(learnt, "price")
    assert found.rows == len(prepared.train)
    assert found.score == pytest.approx(fitted.scores.test.score.value, abs=1e-4)


def test_a_twin_hides_a_column_that_is_permuted_alone(learnt):
    prepared, fitted = learnt("price")
    of = prepared.plan.inputs_of
    panel = Panel(fitted.net, prepared.train, METRICS["r2"], prepared.folds, fitted.scale, 0)
    alone = panel.drops(np.array(of["strong"]), 0)[0, 0]
    both = panel.drops(np.array([*of["strong"], *of["twin"]]), 0)[0, 0]
    assert both > 1.5 * alone


def test_rows_stay_in_their_fold(learnt):
    prepared, fitted = learnt("class")
    panel = Panel(fitted.net, prepared.train, METRICS["accuracy"], prepared.folds, None, 0)
    order = panel.permutation(0)
    assert len(panel.parts) == len(prepared.folds)
    for rows, _ in panel.parts:
        assert sorted(order[rows]) == list(range(rows.start, rows.stop))
    assert (order != panel.permutation(1)).any()


def test_less_is_better_of_some_scores(learnt):
    assert looked_at(learnt, "class", "log_loss").entries[0].importance > 0
    assert looked_at(learnt, "price", "mae").entries[0].importance > 0


def test_a_score_that_needs_the_whole_order_of_rows_has_an_interval_too(learnt):
    first = looked_at(learnt, "class", "auc").entries[0]
    assert 0 < first.low < first.importance < first.high


def test_a_score_of_scikit_learn_is_replaced_by_the_usual_one(learnt):
    assert looked_at(learnt, "class", "neg_brier_score").metric == "accuracy"


def test_without_folds_all_networks_predict_the_rows_held_out(learnt):
    prepared, fitted = learnt("class", recipe="plain")
    columns = prepared.plan.inputs_of
    found = importances(fitted.net, prepared.test, columns, METRICS["accuracy"])
    assert found.rows == len(prepared.test)
    assert found.entries[0].columns == ("strong", "twin")


def test_rows_that_count_nothing_are_left_out(learnt):
    prepared, fitted = learnt("class")
    train = prepared.train
    counted = replace(train, weights=np.where(np.arange(len(train)) % 2, 1.0, 0.0))
    columns = prepared.plan.inputs_of
    found = importances(fitted.net, counted, columns, METRICS["accuracy"], folds=prepared.folds)
    assert found.rows == len(train) // 2


def test_rows_of_one_class_have_no_area_under_a_curve_to_lose(learnt):
    prepared, fitted = learnt("class", recipe="plain")
    test = prepared.test[np.flatnonzero(prepared.test.y == 0)]
    found = importances(fitted.net, test, prepared.plan.inputs_of, METRICS["auc"])
    assert (found.entries, found.score) == ((), None)
    assert "no column can be told from nothing" in found.sentence


def test_few_rows_of_many_are_looked_at(learnt):
    prepared, fitted = learnt("class", recipe="plain")
    test = prepared.test
    many = Rows(*(np.repeat(part, 100, axis=0) for part in (test.X, test.y, test.weights)))
    panel = Panel(fitted.net, many, METRICS["accuracy"], (), None, 0)
    assert len(panel.rows) == MOST_ROWS


def test_the_same_seed_gives_the_same_numbers(learnt):
    assert looked_at(learnt, "class").to_dict() == looked_at(learnt, "class").to_dict()


def ticking(seconds):
    """A deadline whose clock goes on by a second whenever it is read."""
    now = iter(range(100_000))
    return Deadline(seconds, lambda: float(next(now)))


def test_a_deadline_leaves_columns_out_and_says_so(learnt):
    found = looked_at(learnt, "class", deadline=ticking(9))
    measured = [name for one in found.entries for name in one.columns]
    assert found.unmeasured
    assert sorted([*measured, *found.unmeasured]) == ["kind", "noise", "strong", "twin", "weak"]
    assert "There was no time" in found.sentence
    none = looked_at(learnt, "class", deadline=ticking(1))
    assert (none.entries, none.rounds, len(none.unmeasured)) == ((), 0, 5)
    assert none.sentence == "There was no time to look at 5 columns one by one."


def test_the_block_that_matters_most_is_halved_first(learnt):
    prepared, fitted = learnt("price")
    panel = Panel(fitted.net, prepared.train, METRICS["r2"], prepared.folds, fitted.scale, 0)
    of = prepared.plan.inputs_of
    weak, noise = np.array(of["weak"]), np.array(of["noise"])
    inputs = [noise[:0]] * 10 + [weak] + [noise[:0]] * 5
    found = halved(panel, inputs, ticking(5), 1.0)  # four times: 16, 8, 4, 2
    assert sorted(found) == [10, 11]


def test_json_holds_it_all_and_names_are_escaped(learnt):
    found = looked_at(learnt, "class")
    assert json.loads(json.dumps(found.to_dict()))["entries"][0]["columns"] == ["strong", "twin"]
    assert "'strong' + 'twin' (" in found.sentence
    hostile = replace(
        found, entries=(replace(found.entries[0], columns=("\x1b[31m", "b", "c", "d")),)
    )
    assert "\x1b" not in hostile.sentence
    assert "+ 1 more" in hostile.sentence


def test_a_column_that_moves_no_decision_is_named_only_where_none_does():
    strong = Importance(("strong",), 0.2, 0.1, 0.3, 0.5, True)
    faint = Importance(("faint",), -0.0001, -0.02, 0.02, 0.1, True)
    both = Importances((strong, faint), "accuracy", 0.8, 300, 3)
    assert "'strong' (20.0 points of accuracy, 10.0 to 30.0)" in both.sentence
    assert "faint" not in both.sentence
    assert "'faint' (0.0 points" in replace(both, entries=(faint,)).sentence
