"""The gradient check: right networks pass, wrong gradients do not, kinks are left alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helder import Activation, Architecture, Hidden, MLPClassifier, MLPRegressor
from helder import MultilayerPerceptron as Net
from helder.core.fronts import Periodic, Scale
from helder.errors import ArgumentError, ShapeError
from helder.glass.agreement import COORDINATES
from helder.glass.gradients import ROWS, check, compare


def square(x):
    return lambda: float(np.sum(x * x))


@pytest.fixture
def x(rng):
    return rng.normal(size=(6, 7))


@pytest.fixture
def rows(rng):
    return rng.normal(size=(40, 4)), rng.integers(3, size=40)


def test_a_right_gradient_is_ok_and_every_number_is_there(x):
    found = compare(square(x), {"x": (x, 2 * x)})
    assert found.verdict == found["x"].verdict == "ok"
    assert found.loss == square(x)()
    for coordinate in found["x"].coordinates:
        assert coordinate.value == x[coordinate.index]
        assert coordinate.analytic == 2 * x[coordinate.index]
        assert coordinate.numeric == coordinate.differences[1]
        assert coordinate.difference <= coordinate.allowed
        assert coordinate.numeric == pytest.approx(coordinate.analytic, rel=1e-8)


@pytest.mark.parametrize("factor", [-1, 0, 0.999999, 1.001, 2])
def test_a_gradient_that_is_a_little_off_is_wrong(factor, x):
    assert compare(square(x), {"x": (x, factor * 2 * x)}).verdict == "wrong"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_gradient_that_is_no_number_is_wrong(value, x):
    found = compare(square(x), {"x": (x, np.full_like(x, value))})
    assert found.verdict == "wrong"
    assert "wrong: x" in str(found)


def test_where_the_loss_is_no_number_nothing_is_said(x):
    assert compare(lambda: math.nan, {"x": (x, x)}).verdict == "cannot tell"


def test_one_wrong_array_makes_the_whole_wrong_and_the_others_stay_ok(x):
    y = x.copy()
    found = compare(
        lambda: float(np.sum(x * x) + np.sum(y * y)), {"x": (x, 2 * x), "y": (y, 3 * y)}
    )
    assert (found["x"].verdict, found["y"].verdict, found.verdict) == ("ok", "wrong", "wrong")


def test_every_array_has_its_share_of_coordinates_and_is_put_back(x, rng):
    small, before = rng.normal(size=(1, 3)), x.copy()
    total = lambda: float(np.sum(x * x) + np.sum(small * small))  # noqa: E731
    found = compare(total, {"x": (x, 2 * x), "small": (small, 2 * small)})
    assert [len(block.coordinates) for block in found.blocks] == [COORDINATES, 3]
    assert len({coordinate.index for coordinate in found["x"].coordinates}) == COORDINATES
    np.testing.assert_array_equal(x, before)
    every = compare(total, {"x": (x, 2 * x)}, coordinates=x.size)
    assert len(every["x"].coordinates) == x.size


def test_at_a_kink_nothing_is_said():
    x = np.zeros((1, 3))
    x[0, 1:] = 1e-5, 1  # zero itself, near it, far from it

    def loss():
        return float(np.abs(x).sum())

    met = compare(loss, {"x": (x, np.sign(x))}, lambda: [np.sign(x)])["x"].coordinates
    assert [one.verdict for one in met] == ["cannot tell", "cannot tell", "ok"]
    assert met[0].differences == (None, None, None)
    x[0, 1] = 5e-5  # only the largest step goes across: the other two can still tell
    (_, near, _) = compare(loss, {"x": (x, np.sign(x))}, lambda: [np.sign(x)])["x"].coordinates
    assert near.differences[0] is None
    assert near.verdict == "ok"


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "relu"},
        {"hidden": (), "l1": 0.1, "l2": 0.1},
        {"activation": "tanh", "normalisation": "batch", "dropout": 0.3},
        {"hidden": (Hidden(5, normalisation="layer"),), "parametric": True},
        {"front": [Periodic(4, 2, 3, 2), Scale(8)], "parametrisation": "ntk"},
    ],
    ids=str,
)
def test_networks_of_the_book_are_ok_in_any_dtype(options, rows):
    net = Net(Architecture(4, **{"hidden": (6, 5), "outputs": 3, **options}))
    before = net.parameters.copy()
    found = check(net, *rows)
    assert found.verdict == "ok"
    assert len({block.name for block in found.blocks}) == len(found.blocks)
    np.testing.assert_array_equal(net.parameters.values, before.values)
    np.testing.assert_array_equal(net.parameters.statistics, before.statistics)


def test_an_activation_of_ones_own_with_a_wrong_slope_is_wrong_below_it_alone(rows):
    wrong = Activation("bent", np.tanh, lambda z, a: 1 - a)
    found = check(Net(Architecture(4, (6,), 3, activation=wrong)), *rows)
    verdicts = {block.name: block.verdict for block in found.blocks}
    assert verdicts == {"x": "wrong", "W1": "wrong", "b1": "wrong", "W2": "ok", "b2": "ok"}
    assert "wrong: x, W1, b1" in str(found)


def test_units_that_stand_on_the_kink_of_relu_cannot_be_told(rows):
    net = Net(Architecture(4, (6,), 3))
    net.weights[0][...] = 0
    found = check(net, *rows)
    assert found["b1"].verdict == found.verdict == "cannot tell"
    assert "nothing can be said: W1, b1" in str(found)


def test_gradients_that_are_all_tiny_are_named(rows):
    net = Net(Architecture(4, (6,), 3))
    net.biases[0][...] = -100  # no unit is ever active
    assert "proves little: x, W1, b1, W2" in str(check(net, *rows))


def test_the_table_has_a_line_for_each_block(rows):
    lines = str(check(Net(Architecture(4, (6,), 3, activation="tanh")), *rows)).splitlines()
    names = ["block", "x", "W1", "b1", "W2", "b2", "gradients:"]
    assert [line.split()[0] for line in lines] == names
    assert lines[-1] == "gradients: ok"


def test_few_rows_are_used_and_any_member(rows):
    X, y = rows
    net = Net(Architecture(4, (6,), 3, activation="tanh"), members=2)
    assert check(net, X, y)["x"].shape == (ROWS, 4)
    assert check(net, X, y, rows=3)["x"].shape == (3, 4)
    assert check(net, X, y, member=2).loss == check(net.member(1), X, y).loss
    assert check(net, X, y, member=2).loss != check(net, X, y).loss


def test_what_cannot_be_checked_is_said(rows, x):
    X, y = rows
    net = Net(Architecture(4, (6,), 3))
    with pytest.raises(ArgumentError, match="check_gradients"):
        check(MLPClassifier(), X, y)
    with pytest.raises(ShapeError, match="different numbers of rows"):
        check(net, X, y[:-1])
    with pytest.raises(ArgumentError, match="member"):
        check(net, X, y, member=0)
    with pytest.raises(ArgumentError, match="coordinates"):
        check(net, X, y, coordinates=3)
    with pytest.raises(ArgumentError, match="nothing to check"):
        compare(square(x), {})
    with pytest.raises(ShapeError, match="different shapes"):
        compare(square(x), {"x": (x, x[0])})


def test_an_estimator_checks_its_networks_on_a_table(rows):
    X, y = rows
    labels = np.array(["a", "b", "c"])[y]
    model = MLPClassifier(members=2, epochs=1, hidden=(6,), random_state=0).fit(X, labels)
    assert model.check_gradients(X, labels).verdict == "ok"
    assert model.check_gradients(X, labels, member=2).loss != model.check_gradients(X, labels).loss
    amounts = 1000 * X[:, 0] + 500
    regressor = MLPRegressor(members=1, epochs=1, hidden=(6,), random_state=0).fit(X, amounts)
    assert regressor.check_gradients(X, amounts).verdict == "ok"


def test_an_estimator_that_is_not_fitted_has_nothing_to_check(rows):
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError):
        MLPClassifier().check_gradients(*rows)
