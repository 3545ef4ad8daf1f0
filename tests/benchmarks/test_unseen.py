"""How far training shows a mistake: each is trained, and the catalogue quotes what was counted."""

import numpy as np
import unseen
from sklearn import datasets

from helder.text import entries

QUOTED = {cause: entry["fell"] for cause, entry in entries("causes").items() if "fell" in entry}
IRIS = datasets.load_iris(return_X_y=True)


def test_what_is_quoted_was_counted():
    runs = len(unseen.tables()) * unseen.SEEDS
    assert set(QUOTED) <= set(unseen.MISTAKES)
    assert {fell.split(" of ")[1] for fell in QUOTED.values()} == {str(runs)}


def test_the_networks_without_a_mistake_learn():
    for right, _ in unseen.MISTAKES.values():
        fell, accuracy = unseen.trained(right, IRIS, 0)
        assert fell
        assert accuracy > 50  # chance is 33


def test_a_mistake_that_always_falls_falls_here_and_one_that_never_does_not():
    for cause, fell in QUOTED.items():
        if fell == "30 of 30":
            assert unseen.trained(unseen.MISTAKES[cause][1], IRIS, 0)[0], cause
    assert not unseen.trained(unseen.MISTAKES["update-sign"][1], IRIS, 0)[0]


def test_the_softmax_derivative_twice_is_the_right_gradient_times_p_and_1_minus_p():
    p, y = np.array([[0.2, 0.5, 0.3]]), np.array([[0.0, 1.0, 0.0]])
    right, wrong = unseen.MISTAKES["softmax-derivative-twice"]
    np.testing.assert_allclose(wrong.delta(p, y), right.delta(p, y) * p * (1 - p))
