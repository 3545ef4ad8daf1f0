"""scikit-learn's networks and ours: same first weights, same order of rows, same optimizer.

scikit-learn draws the first weights, and we copy them: a fit of one epoch at a learning rate too
small to move any of them lays them open. In mini-batches it is then fed an epoch at a time, its
rows already in the order that our shuffle gives them. Adam's epsilon stands in another place there
(before the correction of the start, as in section 2 of the paper; ours as in its Algorithm 1), so
it is made too small to matter.
"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from helder.engine.streams import shuffled
from helder.learn import Adam, Momentum, Nesterov

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

EPOCHS, HIDDEN = 60, (9, 6)
OPTIMIZERS = {
    "sgd": ("sgd", {"solver": "sgd", "momentum": 0.0, "nesterovs_momentum": False}),
    "momentum": (Momentum(0.9), {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": False}),
    "nesterov": (Nesterov(0.9), {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": True}),
    "adam": (Adam(epsilon=1e-16), {"solver": "adam", "epsilon": 1e-16}),
}

every_optimizer = pytest.mark.parametrize(
    ("ours", "theirs"), OPTIMIZERS.values(), ids=list(OPTIMIZERS)
)


@pytest.fixture(params=[2, 3])
def classes(request, rng):
    """Rows and class numbers, of two classes and of three."""
    X = rng.normal(size=(50, 4))
    return X, np.digitize(X[:, 0] + X[:, 1] ** 2, [1.0, 2.0][: request.param - 1])


def described(y):
    """Two classes are one logistic output there, as one sigmoid here."""
    if y.dtype.kind == "f":
        return {"outputs": 1, "output": "linear"}
    if y.max() == 1:
        return {"outputs": 1, "output": "sigmoid"}
    return {"outputs": 3, "output": "softmax"}


def copy_first_weights(made, kind, X, y, **settings):
    still = kind(**{**settings, "learning_rate_init": 1e-300, "max_iter": 1}).fit(X, y)
    for W, first in zip(made.weights, still.coefs_, strict=True):
        W[...] = first
    for b, first in zip(made.biases, still.intercepts_, strict=True):
        b[...] = first


def settings_for(solver, *, batch_size, rate=0.03, alpha=0.0, activation="relu"):
    return {
        "hidden_layer_sizes": HIDDEN,
        "activation": activation,
        "alpha": alpha,
        "batch_size": batch_size,
        "learning_rate_init": rate,
        "shuffle": False,
        "max_iter": EPOCHS,
        "tol": 0.0,
        "n_iter_no_change": EPOCHS,
        "random_state": 0,
        **solver,
    }


def build(net, X, y, **more):
    return net(HIDDEN, inputs=X.shape[1], **described(y), **more)


@every_optimizer
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_full_batches(ours, theirs, activation, classes, net):
    X, y = classes
    settings = settings_for(theirs, batch_size=len(X), activation=activation)
    made = build(net, X, y, activation=activation)
    copy_first_weights(made, MLPClassifier, X, y, **settings)
    expected = MLPClassifier(**settings).fit(X, y)
    history = made.train(X, y, optimizer=ours, learning_rate=0.03, epochs=EPOCHS, batch_size=None)
    np.testing.assert_allclose(history.losses, expected.loss_curve_, rtol=1e-5)
    assert history.losses[-1] < 0.98 * history.losses[0]
    np.testing.assert_array_equal(made.predict(X), expected.predict(X))


@every_optimizer
def test_mini_batches_in_the_order_of_our_shuffles_the_last_one_smaller(ours, theirs, classes, net):
    X, y = classes
    settings = settings_for(theirs, batch_size=16)
    made = build(net, X, y)
    copy_first_weights(made, MLPClassifier, X, y, **settings)
    expected = MLPClassifier(**settings)
    for epoch in range(EPOCHS):
        order = shuffled(len(X), made.seed, 0, epoch)
        expected.partial_fit(X[order], y[order], classes=np.unique(y))
    history = made.train(X, y, optimizer=ours, learning_rate=0.03, epochs=EPOCHS, batch_size=16)
    np.testing.assert_allclose(history.losses, expected.loss_curve_, rtol=1e-5)
    assert history.losses[-1] < 0.9 * history.losses[0]


@pytest.mark.parametrize("batch_size", [10, 50])
def test_their_alpha_is_our_l2_times_the_rows_of_a_batch(batch_size, classes, net):
    X, y = classes
    alpha = 0.8
    settings = settings_for(OPTIMIZERS["sgd"][1], batch_size=batch_size, alpha=alpha)
    made = build(net, X, y, l2=alpha / batch_size)
    copy_first_weights(made, MLPClassifier, X, y, **settings)
    expected = MLPClassifier(**settings)
    for epoch in range(EPOCHS):
        whole = batch_size == len(X)
        order = np.arange(len(X)) if whole else shuffled(len(X), made.seed, 0, epoch)
        expected.partial_fit(X[order], y[order], classes=np.unique(y))
    history = made.train(
        X, y, optimizer="sgd", learning_rate=0.03, epochs=EPOCHS, batch_size=batch_size
    )
    np.testing.assert_allclose(history.losses, expected.loss_curve_, rtol=1e-5)


@every_optimizer
def test_regression_where_their_squared_error_is_half_of_ours(ours, theirs, rng, net):
    X = rng.normal(size=(50, 4))
    y = X[:, 0] * X[:, 1] + 0.1 * rng.normal(size=50)
    settings = settings_for(theirs, batch_size=50, rate=0.02)
    made = build(net, X, y)
    copy_first_weights(made, MLPRegressor, X, y, **settings)
    expected = MLPRegressor(**settings).fit(X, y)
    # Half the gradient at the same rate; Adam does not feel the factor.
    rate = 0.02 if theirs["solver"] == "adam" else 0.01
    history = made.train(X, y, optimizer=ours, learning_rate=rate, epochs=EPOCHS, batch_size=None)
    np.testing.assert_allclose(np.array(history.losses) / 2, expected.loss_curve_, rtol=1e-5)
