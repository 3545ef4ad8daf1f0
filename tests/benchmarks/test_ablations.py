"""Each line of the ablations is the strong recipe without the part that it names, and no other."""

from dataclasses import replace

import ablations
import numpy as np
import pytest
from accuracy_data import tables

from helder.core.fronts import Periodic, Scale
from helder.core.losses import CategoricalCrossEntropy
from helder.learn import Rows
from helder.model.ensemble import Problem
from helder.table import PLAIN, STRONG, Layout

PROBLEM = Problem(
    Rows(np.ones((60, 5), np.float32), np.eye(3, dtype=np.float32)[np.arange(60) % 3], np.ones(60)),
    CategoricalCrossEntropy(),
    Layout(4),
)


def described(part):
    """All that a recipe decides, by name; its first weights by who draws them."""
    recipe = ablations.PARTS[part].recipe
    network, settings = recipe.architecture(PROBLEM), recipe.settings(PROBLEM)
    return {
        "front": network.front,
        "parametric": network.parametric,
        "parametrisation": network.parametrisation,
        "dropout": network.dropout,
        "learning_rate": settings.learning_rate,
        "schedule": settings.schedule,
        "optimizer": settings.optimizer,
        "smoothing": recipe.member(PROBLEM).label_smoothing,
        "steps": recipe.steps,
        "begin": type(recipe).begin is ablations.DrawnBlindly.begin,
        "told": ablations.PARTS[part].told,
    }


FULL = described(ablations.FULL)
WITHOUT = {
    "no waves of numbers": {"front": (Scale(5),)},
    "no scale of inputs": {"front": (FULL["front"][0],)},
    "bends that are not learnt": {"parametric": False},
    "standard rates instead of ntk": {
        "parametrisation": "standard",
        "learning_rate": FULL["learning_rate"] * 128**-0.5,
    },
    "first weights that see no rows": {"begin": True},
    "no smoothed labels": {"smoothing": None},
    "no dropout": {"dropout": 0.0},
    "no weight decay": {"optimizer": replace(FULL["optimizer"], weight_decay=0.0)},
    "a constant rate": {"schedule": "constant"},
    "a rate that falls as a cosine": {"schedule": "cosine"},
    "one member": {"told": {"members": 1}},
    "the plain table plan": {"steps": PLAIN},
}


def test_the_full_recipe_has_all_parts():
    assert [type(layer) for layer in FULL["front"]] == [Periodic, Scale]
    assert FULL["steps"] is STRONG
    assert FULL["smoothing"] > 0
    assert {*WITHOUT, ablations.FULL} == set(ablations.PARTS)


@pytest.mark.parametrize("part", WITHOUT)
def test_a_part_is_switched_off_and_no_other(part):
    found = described(part)
    assert found == FULL | {
        name: pytest.approx(value) if isinstance(value, float) else value
        for name, value in WITHOUT[part].items()
    }
    assert found != FULL


def test_a_fit_is_measured_out_of_fold_and_held_out(tmp_path):
    rng = np.random.default_rng(0)
    lines = "\n".join(f"{x},{'yes' if x > 0 else 'no'}" for x in rng.normal(size=60))
    (tmp_path / "signs.csv").write_text(f"x,target\n{lines}\n", encoding="utf-8")
    (signs,) = tables(tmp_path, set(), set())
    record = ablations.scored(signs, signs.split(0, 100), "no dropout", 0)
    assert {"error", "log_loss", "oof_error", "oof_log_loss"} <= record.keys()
    assert record["error"] < 0.3


@pytest.mark.parametrize("part", ["no smoothed labels", "one member"])
def test_a_part_that_a_table_has_not_is_no_error(part, tmp_path):
    rows = "\n".join(f"{x},{x * x}" for x in np.random.default_rng(0).normal(size=30))
    (tmp_path / "squares.csv").write_text(f"x,target\n{rows}\n", encoding="utf-8")
    (squares,) = tables(tmp_path, set(), set())
    record = ablations.scored(squares, squares.split(0, 100), part, 0)
    assert ("oof_error" in record) == (part != "one member")
    assert "log_loss" not in record
