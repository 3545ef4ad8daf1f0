"""What is added to a person's adapter: it makes a step in the process where the adapter is loaded.

This text is run there, not here: it uses the names `make`, `parameters`, `forward` and `step`.
"""
# mypy: ignore-errors
# ruff: noqa: F821

import numpy as helder_np


def helder_arrays():
    """The parameters as the adapter gives them."""
    return [helder_np.asarray(array) for array in parameters(make())]


def helder_step(values, X, Y, learning_rate):
    """From these values one step: the parameters before it, the output, the parameters after it."""
    net = make()
    for array, value in zip(parameters(net), values, strict=True):
        array[...] = value
    before = [helder_np.array(array) for array in parameters(net)]
    output = forward(net, X.copy())
    given = step(net, X, Y, learning_rate)
    return before, output, helder_after(net, given, len(before))


def helder_after(net, given, count):
    """The parameters of the network that a step gave, if it gave one; else of the one it took."""
    if given is not None:
        try:
            found = [helder_np.asarray(array) for array in parameters(given)]
        except Exception:
            found = []
        if len(found) == count and all(array.dtype.kind == "f" for array in found):
            return found
    return [helder_np.asarray(array) for array in parameters(net)]
