"""What is added to a person's adapter: it makes a step in the process where the adapter is loaded.

This text is run there, not here: it uses the names `make`, `parameters`, `forward` and `step`.
"""
# mypy: ignore-errors
# ruff: noqa: F821

import numpy as helder_np


def helder_arrays():
    """The parameters as the adapter gives them."""
    return [helder_array(array) for array in parameters(make())]


def helder_array(given):
    """An array, or lists of numbers as one; a copy."""
    return helder_np.array(given, dtype=float if isinstance(given, list) else None)


def helder_step(values, X, Y, learning_rate):
    """From these values one step: the parameters before it, the output, the parameters after it."""
    net = make()
    for array, value in zip(parameters(net), values, strict=True):
        if isinstance(array, list):
            array[:] = value.tolist()
        else:
            array[...] = value
    before = [helder_array(array) for array in parameters(net)]
    output = helder_np.asarray(forward(net, X.copy()), dtype=float)
    given = step(net, X, Y, learning_rate)
    return before, output, helder_after(net, given, len(before))


def helder_after(net, given, count):
    """The parameters of the network that a step gave, if it gave one; else of the one it took."""
    if given is not None:
        try:
            found = [helder_array(array) for array in parameters(given)]
        except Exception:  # what step gave is no network: the one that it was given counts
            found = []
        if len(found) == count and all(array.dtype.kind == "f" for array in found):
            return found
    return [helder_array(array) for array in parameters(net)]
