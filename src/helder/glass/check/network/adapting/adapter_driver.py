"""What is added to a person's adapter: it begins, goes forward and steps where that is loaded.

This text is run there, not here: it uses the functions of the adapter, and finds in `helder_words`
which of them there are, and in `helder_lines` the lines of the adapter that make its network.
"""
# mypy: ignore-errors
# ruff: noqa: F821

import copy as helder_copy
from contextlib import suppress as helder_suppress

import numpy as helder_np


def helder_begin(values=None):
    """Makes the network anew, with these values as its parameters; whether it has them."""
    for line in helder_lines:
        line()
    if values is None:
        return True
    for given, value in zip(helder_listed(parameters()), values, strict=True):
        helder_put(given, value)
    return all(map(helder_np.array_equal, values, helder_arrays()))


def helder_listed(given):
    """What stands for the parameters, one by one."""
    return list(given.values()) if isinstance(given, dict) else list(given)


def helder_arrays():
    """The parameters as they are now; copies."""
    return [helder_array(given) for given in helder_listed(parameters())]


def helder_first_arrays():
    """The parameters of a new network."""
    helder_begin()
    return helder_arrays()


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
        raise TypeError("parameters() gives a number: say where it is kept, (owner, 'name')")


def helder_ready(values, X):
    """Begins with these values, and goes forward once, on which training may count."""
    has = helder_begin(values)
    if has and "forward" in helder_words:
        with helder_suppress(Exception):
            forward(helder_copy.deepcopy(X))
    return has


def helder_forward(values, X):
    """What the network gives for these rows."""
    helder_begin(values)
    return forward(helder_copy.deepcopy(X))


def helder_step(values, X, Y, learning_rate):
    """From these values one step: the parameters after it; None where they could not be set."""
    if not helder_ready(values, X):
        return None
    X, Y = helder_copy.deepcopy((X, Y))
    if "step" not in helder_words:
        slopes = helder_slopes(gradients(X, Y), values)
        return [value - learning_rate * slope for value, slope in zip(values, slopes, strict=True)]
    given = (X, Y, learning_rate)[: helder_count(step)]
    return helder_after(step(*given), values)


def helder_count(function):
    """How many arguments a function takes."""
    code = getattr(function, "__code__", None)
    return 3 if code is None else code.co_argcount - hasattr(function, "__self__")


def helder_after(given, values):
    """The parameters after a step: those of the network, else those that the step gave."""
    after = helder_arrays()
    if given is not None and all(map(helder_np.array_equal, values, after)):
        for part in (given, *(given if isinstance(given, tuple) else ())):
            found = helder_slopes(part, values, strict=False)
            if found and [a.shape for a in found] == [a.shape for a in after]:
                return found
    return after


def helder_slopes(given, values, strict=True):
    """Arrays in the order of the parameters, wherever they stand in what was given."""
    with helder_suppress(TypeError, ValueError):
        found = [helder_array(part) for part in helder_listed(given)]
        if len(found) == len(values):
            return helder_fitting(found, values)
    found = list(helder_leaves(given))
    if strict and len(found) != len(values):
        raise ValueError(f"gradients gives {len(found)} arrays for {len(values)} parameters")
    return helder_fitting(found, values) if len(found) == len(values) else []


def helder_fitting(found, values):
    """The same, a row of numbers in the shape of its parameter."""
    pairs = zip(found, values, strict=True)
    return [a.reshape(v.shape) if 1 < a.size == v.size else a for a, v in pairs]


def helder_leaves(given):
    """The arrays within lists, tuples and dicts."""
    if isinstance(given, helder_np.ndarray):
        yield helder_np.array(given)
    elif isinstance(given, dict | list | tuple):
        for part in helder_listed(given):
            yield from helder_leaves(part)


def helder_loss(values, X, Y):
    """The loss of these rows, and with these values."""
    helder_ready(values, X)
    return float(loss(*helder_copy.deepcopy((X, Y))))


def helder_locals(values, X, Y, learning_rate):
    """The parameters before and after a step that gives all its names, and those names."""
    helder_begin(values)
    found = step(X, Y, learning_rate)
    return values, helder_arrays(), {name: one for name, one in found.items() if name[:1] != "_"}
