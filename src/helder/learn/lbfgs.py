"""L-BFGS, for small data: all rows at once, curvature and line search by SciPy, in float64."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from helder.core.layers import Dropout
from helder.core.network import Network, shares
from helder.core.normalisation import BatchNorm
from helder.core.parameters import Parameters
from helder.engine import Batch, Rows, quiet
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
    whole = over_all_rows(network)
    double = Parameters(
        whole.layers, parameters.values.astype(float), parameters.statistics.astype(float)
    )
    share = shares(rows.weights.astype(float))  # (N, 1)
    batch = Batch(rows.X.astype(float), rows.y.astype(float), share)
    objective = watch.engine.objective(whole, double, batch)
    verdict = None

    def loss_and_gradient(theta: Floats) -> tuple[float, Floats]:
        double.values[0] = theta
        return objective.run(), objective.gradient.copy()

    def after_iteration(intermediate_result: Any) -> None:
        nonlocal verdict
        theta = intermediate_result.x
        if not np.array_equal(double.values[0], theta):
            loss_and_gradient(theta)  # the line search came back: so do the statistics
        parameters.values[0], parameters.statistics[...] = theta, double.statistics
        verdict = watch.after(float(intermediate_result.fun), settings.learning_rate)
        if verdict is not None:
            raise StopIteration  # SciPy's way to be told

    with quiet():  # SciPy has products of its own, and is here by now
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


def over_all_rows(network: Network) -> Network:
    """The same network, whose running statistics are those of the last pass: all rows are in it."""
    layers = tuple(
        replace(layer, momentum=0.0) if isinstance(layer, BatchNorm) else layer
        for layer in network.layers
    )
    return replace(network, layers=layers)
