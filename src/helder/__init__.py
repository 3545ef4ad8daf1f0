"""helder: a multilayer perceptron for tables of data that you can see through."""

from typing import TYPE_CHECKING, Any

from helder.core import (
    Activation,
    Architecture,
    Hidden,
    categorical_cross_entropy,
    one_hot,
    softmax,
)
from helder.errors import HelderError
from helder.learn import Member, MultilayerPerceptron

if TYPE_CHECKING:
    from helder.estimators import MLPClassifier, MLPRegressor, load
    from helder.glass.check.checking import check
    from helder.glass.doctor.training.doors import diagnose

__version__ = "0.1.0"

__all__ = [
    "Activation",
    "Architecture",
    "HelderError",
    "Hidden",
    "MLPClassifier",
    "MLPRegressor",
    "Member",
    "MultilayerPerceptron",
    "categorical_cross_entropy",
    "check",
    "diagnose",
    "load",
    "one_hot",
    "softmax",
]


def __getattr__(name: str) -> Any:
    # What estimates brings scikit-learn, and Polars: they come with its first use.
    if name in ("MLPClassifier", "MLPRegressor", "load"):
        from helder import estimators

        return getattr(estimators, name)
    if name == "check":
        from helder.glass.check.checking import check

        return check
    if name == "diagnose":
        from helder.glass.doctor.training.doors import diagnose

        return diagnose
    raise AttributeError(f"module 'helder' has no attribute {name!r}")
