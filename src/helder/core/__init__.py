"""The book: what a multilayer perceptron computes, in NumPy that you can read from top to bottom.

Read it in this order: `activations`, `targets`, `probabilities`, `losses`, `initialisers`,
`layers`, `normalisation`, `architecture`, `parameters`, `tape`, `network`.
"""

from helder.core.activations import ACTIVATIONS, Activation
from helder.core.architecture import Architecture, Hidden
from helder.core.initialisers import INITIALISERS
from helder.core.losses import LOSSES, Huber, Loss, Poisson, Quantile
from helder.core.network import Network
from helder.core.parameters import Gradients, Parameters
from helder.core.probabilities import categorical_cross_entropy, softmax
from helder.core.tape import Tape
from helder.core.targets import one_hot

__all__ = [
    "ACTIVATIONS",
    "INITIALISERS",
    "LOSSES",
    "Activation",
    "Architecture",
    "Gradients",
    "Hidden",
    "Huber",
    "Loss",
    "Network",
    "Parameters",
    "Poisson",
    "Quantile",
    "Tape",
    "categorical_cross_entropy",
    "one_hot",
    "softmax",
]
