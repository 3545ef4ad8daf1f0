"""helder: a multilayer perceptron for tables of data that you can see through."""

from helder.core import (
    Activation,
    Architecture,
    Hidden,
    categorical_cross_entropy,
    one_hot,
    softmax,
)
from helder.errors import HelderError
from helder.learn import MultilayerPerceptron

__version__ = "0.1.0"

__all__ = [
    "Activation",
    "Architecture",
    "HelderError",
    "Hidden",
    "MultilayerPerceptron",
    "categorical_cross_entropy",
    "one_hot",
    "softmax",
]
