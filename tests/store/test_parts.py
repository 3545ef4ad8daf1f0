"""What files have since format 2: an estimator's own parts, and what an attacker makes of them."""

from __future__ import annotations

import time

import numpy as np
import pytest

import helder
from helder import MLPClassifier, MLPRegressor, store
from helder.errors import ModelFileError
from helder.model.calibration import MOST_SCORES, Conformal

QUICK = {"members": 2, "hidden": (4,), "epochs": 2, "random_state": 0}


@pytest.fixture(scope="module")
def rows():
    """Sixty rows with classes, several labels, a number and several."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    return {
        "X": X,
        "classes": np.array(["bad", "fine", "good"])[np.arange(60) % 3],
        "labels": (X[:, :2] > 0).astype(int),
        "number": X[:, 0] + 3,
        "numbers": X[:, :2],
    }


@pytest.fixture
def attack(rows, attacker_of, tmp_path):
    """Makes an attacker of the file of an estimator."""

    def made(what: str):
        kind = MLPClassifier if what in ("classes", "labels") else MLPRegressor
        path = tmp_path / "own.helder"
        kind(**QUICK).fit(rows["X"], rows[what]).save(path)
        return attacker_of(path.read_bytes())

    return made


def refused(path, *parts: str) -> None:
    """It is no estimator, and an error that names the file says so in time."""
    started = time.perf_counter()
    with pytest.raises(ModelFileError) as caught:
        helder.load(path)
    assert time.perf_counter() - started < 2
    for part in (path.name, *parts):
        assert part in str(caught.value)


def put(*keys: object):
    """Writes a value at this place of a description."""
    *way, last, value = keys

    def change(found):
        for key in way:
            found = found[key]
        found[last] = value

    return change


@pytest.mark.parametrize("what", ["classes", "labels", "number", "numbers"])
def test_the_attacker_can_write_files_that_load(attack, rows, what):
    attacker = attack(what)
    path = attacker.change(lambda found: None)
    assert helder.load(path).predict(rows["X"]).shape == rows[what].shape


HOSTILE = {
    "a temperature of zero": put("temperature", 0),
    "a temperature that is a text": put("temperature", "1"),
    "a threshold of three classes": put("decision", {"threshold": 0.5, "costs": None}),
    "costs of two classes": put("decision", {"threshold": None, "costs": [[0, 1], [1, 0]]}),
    "costs that are no table": put("decision", {"threshold": None, "costs": [[0, 1, 2], [1], [0]]}),
    "costs that are texts": put("decision", {"threshold": None, "costs": [["0", "1", "1"]] * 3}),
    "no decision": lambda found: found.pop("decision"),
    "a recipe that is a list": put("recipe", []),
    "no recipe": lambda found: found.pop("recipe"),
    "no errors where there are some": put("conformal", None),
    "errors of fewer rows": put("conformal", "rows", 7),
    "errors of very many rows": put("conformal", "rows", 10**15),
    "errors of half a row": put("conformal", "rows", 60.5),
    "errors of another shape": put("conformal", "shape", [30, 2]),
    "errors of no shape": put("conformal", "shape", None),
    "a strange key beside the errors": put("conformal", "code", "x"),
    "no predictions where there are some": put("out_of_fold", None),
    "predictions of another shape": put("out_of_fold", [90, 2]),
    "predictions of very many rows": put("out_of_fold", [10**12, 3]),
    "several outputs of a number": put("outputs", 5),
    "one output of several": put("outputs", [{"name": "y", "scale": None}]),
    "outputs that are no labels": put("outputs", [{"name": "y", "scale": None}] * 3),
    "an output with a strange key": put("outputs", [{"name": "y", "scale": None, "x": 1}] * 3),
    "no estimator's parts where there are some": lambda found: found.pop("estimated"),
    "an estimator that is a text": put("estimated", "evil"),
    "a strange key in an estimator": put("estimated", "class", "os.system"),
    "parameters that are a list": put("estimated", "parameters", []),
    "a parameter of no kind": put("estimated", "parameters", "hidden", {"code": "x"}),
    "a parameter of two kinds": put("estimated", "parameters", "hidden", {"list": [], "dict": []}),
    "an array of texts": put("estimated", "parameters", "hidden", {"array": {"list": ["x"]}}),
    "an array that is ragged": put(
        "estimated", "parameters", "hidden", {"array": {"list": [1, {"list": [1, 2]}]}}
    ),
    "a list that is a number": put("estimated", "parameters", "hidden", {"list": 5}),
    "a layer that is none": put("estimated", "parameters", "hidden", {"hidden": {"evil": 1}}),
    "a layer without units": put("estimated", "parameters", "hidden", {"hidden": {}}),
    "a dict of lists": put("estimated", "parameters", "hidden", {"dict": [[{"list": []}, 1]]}),
    "an activation of a list": put("estimated", "parameters", "activation", {"activation": []}),
    "an engine that is none": put("estimated", "parameters", "engine", "evil"),
    "no columns": put("estimated", "columns", []),
    "columns that are numbers": put("estimated", "columns", [1, 2, 3]),
    "a column twice": put("estimated", "columns", ["x1", "x2", "x3", "x3"]),
    "other names of columns": put("estimated", "features", ["a", "b", "c"]),
    "columns that are half a truth": put("estimated", "among_others", 1),
    "classes of a type that is none": put("estimated", "labels", ["str", "evil"]),
    "classes of another kind": put("estimated", "labels", ["int", "int64"]),
    "classes of bytes": put("estimated", "labels", ["str", "S1000000000"]),
    "classes of fields": put("estimated", "labels", ["str", [["a", "f4"]]]),
    "classes that are called": put("estimated", "labels", ["eval", "object"]),
    "classes that are not sorted": put("target", "classes", ["good", "fine", "bad"]),
    "calls of less than nothing": put("estimated", "calls", -1),
    "a shortening that is a number": put("estimated", "shortened", [5]),
    "a fingerprint that is a number": put("estimated", "learnt", 5),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_signed_description_that_does_not_fit(attack, what):
    refused(attack("classes").change(HOSTILE[what]))


def test_parameters_that_lie_deep_in_each_other(attack):
    deep: object = 1
    for _ in range(400):
        deep = {"list": [deep]}
    refused(attack("classes").change(put("estimated", "parameters", "hidden", deep)), "damaged")


def test_a_parameter_of_a_later_version_is_named(attack):
    path = attack("classes").change(put("estimated", "parameters", "colour", "blue"))
    refused(path, "later version", "colour")


def test_long_names_of_classes_take_no_memory(attack):
    names = [*(f"{number:05}" for number in range(20_000)), "z" * 900_000]
    attacker = attack("classes")
    found = attacker.description
    found["target"]["classes"] = names
    refused(attacker.sign(found, attacker.arrays))


def test_arrays_that_do_not_fit(attack):
    attacker = attack("classes")
    scores, out_of_fold = (attacker.arrays[name] for name in ("conformal", "out_of_fold"))
    wrong = scores.copy()
    wrong[3] = np.nan
    for changed in (
        {"conformal": scores[::-1].copy()},
        {"conformal": wrong},
        {"conformal": scores[:-1].copy()},
        {"conformal": scores.astype(np.float32)},
        {"conformal": scores[:, 0].copy()},
        {"out_of_fold": out_of_fold[:, :2].copy()},
        {"out_of_fold": out_of_fold.astype(np.float32)},
        {"out_of_fold": out_of_fold.astype(np.int64)},
        {"more": scores},
    ):
        refused(attacker.sign(attacker.description, attacker.arrays | changed))
    for gone in ("conformal", "out_of_fold", "values"):
        rest = {name: array for name, array in attacker.arrays.items() if name != gone}
        refused(attacker.sign(attacker.description, rest))


def test_a_changed_array_is_damage(attack):
    attacker = attack("number")
    for name in ("conformal", "out_of_fold"):
        attacker.arrays[name][-1] += 1
        refused(attacker.write(attacker.text), "not as it was written")


@pytest.mark.parametrize(
    ("what", "scale"), [("numbers", None), ("numbers", [0, 0]), ("numbers", ["0", 1]),
        ("labels", [0, 1]), ("numbers", [0, 1, 2]), ("numbers", "ab")],
)  # fmt: skip
def test_outputs_whose_scale_does_not_fit(attack, what, scale):
    refused(attack(what).change(put("outputs", 1, "scale", scale)))


def test_the_first_format_has_no_such_parts(attack):
    refused(attack("number").change(put("format", 1)))


def test_of_many_errors_ten_thousand_are_kept_and_no_interval_gets_narrower():
    rng = np.random.default_rng(0)
    scores = rng.exponential(size=(54_321, 2))
    kept, every = Conformal.of(scores), np.sort(scores, axis=0)
    assert kept.scores.shape == (MOST_SCORES, 2)
    for coverage in (0.001, 0.5, 0.9, 0.95, 0.99, 0.9999):
        rank = int(np.ceil(54_322 * coverage))
        found = kept.quantile(coverage)
        assert (found >= every[rank - 1]).all()
        assert (found <= every[min(rank + 5, 54_320)]).all()
    assert np.isinf(kept.quantile(0.999_999)).all()
    few = Conformal.of(scores[:99])
    assert few.quantile(0.9)[0] == np.sort(scores[:99, 0])[89]
    assert store.FORMAT >= 2
