"""L-BFGS, for small data: all rows at once, curvature and line search by SciPy, in float64."""

from __future__ import annotations

from typing import Any

from helder.core.layers import Dropout
from helder.core.network import Network, shares
from helder.core.normalisation import EPSILON, BatchNorm
from helder.core.parameters import Parameters
from helder.engine import Rows
from helder.errors import ArgumentError
from helder.learn.settings import Settings
from helder.learn.watch import SingleWatch
from helder.typing import Floats


def lbfgs(
    network: Network, parameters: Parameters, rows: Rows, settings: Settings, watch: SingleWatch
) -> str:
    """Minimises the loss of all rows; returns why it ended (Liu & Nocedal 1989).

    Raises:
        ArgumentError: The network has dropout, so that its loss is not one function.
    """
    from scipy.optimize import minimize

    if any(isinstance(layer, Dropout) for layer in network.layers):
        raise ArgumentError(
            "L-BFGS follows one function, and dropout makes another of it at every step",
            hint='use optimizer="adam", or no dropout',
        )
    double = Parameters(
        network.layers, parameters.values.astype(float), parameters.statistics.astype(float)
    )
    X, y, share = rows.X.astype(float), rows.y.astype(float), shares(rows.weights.astype(float))
    tape, thetas = network.tape(len(X), float), double.thetas()
    verdict = None

    def loss_and_gradient(theta: Floats) -> tuple[float, Floats]:
        double.values[0] = theta
        network.forward(X, thetas, tape)
        value = float(network.value(y, share, thetas, tape))
        return value, network.backward(y, share, thetas, tape).flat.copy()

    def after_iteration(intermediate_result: Any) -> None:
        nonlocal verdict
        parameters.values[0] = double.values[0] = intermediate_result.x
        network.forward(X, thetas, tape)
        for layer, theta, page in zip(network.layers, thetas, tape.pages, strict=True):
            if isinstance(layer, BatchNorm):  # all rows are here: nothing to average over steps
                theta.running_mean[...] = page.mean  # (1, n)
                theta.running_variance[...] = page.std * page.std - EPSILON  # (1, n)
        parameters.statistics[...] = double.statistics
        verdict = watch.after(float(intermediate_result.fun), settings.learning_rate)
        if verdict is not None:
            raise StopIteration  # SciPy's way to be told

    result = minimize(
        loss_and_gradient,
        double.values[0].copy(),
        jac=True,
        method="L-BFGS-B",
        callback=after_iteration,
        options={"maxiter": settings.epochs, "maxfun": 100 * settings.epochs},
    )
    if verdict is not None:
        return verdict
    return "converged" if result.success else "epochs"
