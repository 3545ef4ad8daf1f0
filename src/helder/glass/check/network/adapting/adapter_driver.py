"""What is added to a person's adapter: it makes a step in the process where the adapter is loaded.

This text is run there, not here: it uses the names `make`, `parameters`, `forward` and `step`.
"""
# mypy: ignore-errors
# ruff: noqa: F821

import copy as helder_copy
from contextlib import suppress as helder_suppress

import numpy as helder_np


def helder_arrays():
    """The parameters as the adapter gives them."""
    return [helder_array(given) for given in parameters(make())]


def helder_array(given):
    """What stands for an array, as one; a copy."""
    if isinstance(given, helder_np.ndarray):
        return helder_np.array(given)
    return helder_np.array(helder_plain(given), dtype=float)


def helder_plain(given):
    """Rows and numbers, wherever each is kept."""
    if helder_is_place(given):
        owner, name = given
        return owner[name] if hasattr(owner, "__setitem__") else getattr(owner, name)
    if isinstance(given, list | tuple):
        return [helder_plain(part) for part in given]
    return given


def helder_is_place(given):
    """Whether this says where a number is kept: (neuron, "bias")."""
    return isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], str)


def helder_put(given, value):
    """Writes into what stands for an array."""
    if helder_is_place(given):
        owner, name = given
        if hasattr(owner, "__setitem__"):
            owner[name] = value
        else:
            setattr(owner, name, value)
    elif isinstance(given, helder_np.ndarray):
        given[...] = value
    elif isinstance(given, list) and all(isinstance(part, int | float) for part in given):
        given[:] = value.tolist()
    elif isinstance(given, list | tuple):
        for part, one in zip(given, value, strict=True):
            helder_put(part, one)
    else:
        raise TypeError("parameters(net) gives a number: say where it is kept, (owner, 'name')")


def helder_net(values):
    """A network with these values as its parameters, and whether it has them."""
    net = make()
    for given, value in zip(parameters(net), values, strict=True):
        helder_put(given, value)
    has = all(map(helder_np.array_equal, values, map(helder_array, parameters(net))))
    return net, has


def helder_forward(values, X):
    """What the network gives for these rows."""
    return forward(helder_net(values)[0], X)


def helder_step(values, X, Y, learning_rate):
    """From these values one step: the parameters after it; None where they could not be set."""
    net, has = helder_net(values)
    if not has:
        return None
    with helder_suppress(Exception):  # training may count on a pass forward before it
        forward(net, helder_copy.deepcopy(X))
    given = step(net, helder_copy.deepcopy(X), helder_copy.deepcopy(Y), learning_rate)
    return helder_after(net, given, len(values))


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


def helder_locals(values, X, Y, learning_rate):
    """The parameters before and after a step that gives all its names, and those names."""
    net, _ = helder_net(values)
    found = step(net, X, Y, learning_rate)
    after = [helder_array(array) for array in parameters(found.get("net", net))]
    return values, after, {name: one for name, one in found.items() if name[:1] != "_"}
