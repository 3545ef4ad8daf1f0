"""The accuracy benchmark adds up what stands in its results file as it says it does."""

import accuracy_measures as measures
import accuracy_report as reporting
import accuracy_results as keeping
import numpy as np
import pytest

ERRORS = {
    "helder": {"a": (0.09, 0.19), "b": (0.39, 0.79)},
    "peer": {"a": (0.19, 0.39), "b": (0.19, 0.39)},
}


@pytest.fixture
def file(tmp_path):
    """A results file of two models on two sets, two splits each."""
    path = tmp_path / "results.jsonl"
    for model, sets in ERRORS.items():
        for name, errors in sets.items():
            for split, error in enumerate(errors):
                write(path, model, name, split, error=error)
    return path


def write(path, model, name, split, **outcome):
    times = {"fit_s": 1.0, "predict_s": 0.5}
    record = {"set": name, "split": split, "model": model, "rows": 100, **times, **outcome}
    keeping.add(path, record)


def errors(path):
    records = keeping.results(path, 100)
    return [reporting.errors(records, model) for model in ERRORS]


def test_the_geometric_mean_is_of_the_errors_and_a_hundredth(file):
    our, their = errors(file)
    assert reporting.shifted_geometric_mean(our) == pytest.approx((0.1 * 0.2 * 0.4 * 0.8) ** 0.25)
    assert reporting.shifted_geometric_mean(their) == pytest.approx((0.2 * 0.4) ** 0.5)


def test_the_ratio_is_that_of_the_means_and_its_interval_goes_over_the_sets(file):
    our, their = errors(file)
    middle, low, high = reporting.ratio(our, their)
    assert middle == pytest.approx(1)
    # each split of a set has the same ratio, so only the draw of the sets matters: a quarter of
    # the draws takes a twice, where ours is half of theirs, and a quarter b, where it is twice
    assert low == pytest.approx(0.5)
    assert high == pytest.approx(2)


def test_a_pair_that_differs_alike_everywhere_leaves_no_doubt(file):
    our, _ = errors(file)
    half = {where: (error + 0.01) / 2 - 0.01 for where, error in our.items()}
    assert reporting.ratio(half, our) == pytest.approx((0.5, 0.5, 0.5))


def test_the_ratio_takes_only_where_both_are(file):
    write(file, "peer", "c", 0, error=0.001)
    assert reporting.ratio(*errors(file))[0] == pytest.approx(1)


def test_models_that_tie_share_their_rank():
    here = {("a", 0): 0.1, ("a", 1): 0.2}
    there = {("a", 0): 0.1, ("a", 1): 0.3}
    assert reporting.mean_ranks({"one": here, "two": there}) == {"one": 1.25, "two": 1.75}


def test_a_model_that_has_not_done_every_split_gets_a_ratio_and_no_mean(file):
    write(file, "late", "a", 0, error=0.09)
    write(file, "late", "a", 1, failed="ValueError: no")
    lines = reporting.report(keeping.results(file, 100), [*ERRORS, "late"], "helder")
    assert any(line.startswith("| late | - | 1.000 (1.000 to 1.000) | - |") for line in lines)
    assert "- late on a, split 1: ValueError: no" in lines


def test_what_is_forgotten_counts_no_more_and_a_torn_line_not_at_all(file):
    keeping.forget(file, "peer", ["a"], 100)
    write(file, "peer", "a", 1, error=0.5)
    with file.open("a") as torn:
        torn.write('{"set": "a", "spl')
    found = reporting.errors(keeping.results(file, 100), "peer")
    assert found == {("a", 1): 0.5, ("b", 0): 0.19, ("b", 1): 0.39}
    assert keeping.results(file, 200) == {}


def test_probabilities_are_measured_by_hand():
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [1.0, 0.0]])
    y = np.array([0, 1, 1, 1])
    assert measures.error_rate(p, y) == 0.5
    losses = -np.log([0.9, 0.1, 0.7, 1e-7])
    assert measures.log_loss(p, y) == pytest.approx(losses.mean(), rel=1e-6)
    # 0.9, 0.9 in one bin, half of them right; 0.7 and 1.0 alone in theirs
    assert measures.calibration_error(p, y) == pytest.approx((2 * 0.4 + 0.3 + 1) / 4)
    assert measures.relative_rmse(np.array([[1.0], [3.0]]), np.array([0.0, 2.0]), 2.0) == 0.5
