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
    from helder.store import load

__version__ = "0.1.0"

__all__ = [
    "Activation",
    "Architecture",
    "HelderError",
    "Hidden",
    "Member",
    "MultilayerPerceptron",
    "categorical_cross_entropy",
    "load",
    "one_hot",
    "softmax",
]


def __getattr__(name: str) -> Any:
    # What reads files brings Polars, and comes with its first use.
    if name == "load":
        from helder.store import load

        return load
    raise AttributeError(f"module 'helder' has no attribute {name!r}")
