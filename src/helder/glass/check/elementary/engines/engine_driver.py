"""What is run beside a person's automatic differentiation: one operation, forward and back.

This text is run there, not here.
"""
# mypy: ignore-errors

import numpy as helder_np


def helder_tried(engine, operation, carry, values, beside, kind):
    """An operation on leaves of these values: its value, what came back, the values around it.

    Args:
        engine: How leaves are made and looked at: class, more arguments, names of data and
            gradient, the method that goes back.
        operation: Of the person's.
        carry: Another one of two leaves, for the kinds that want it.
        values: Of each leaf.
        beside: More arguments, which are no leaves.
        kind: `once`, `same` leaf twice, `twice` the operation, `chained` with another one after
            it, or `graph`, a value that is used on two ways.
    """
    new, _, data, gradient, back, _ = engine

    def built(given):
        return helder_built(engine, operation, carry, given, beside, kind)

    def number(thing, name):
        return helder_number(thing, name, new, data)

    leaves, out = built(values)
    if not helder_np.array_equal(number(out, data), number(built(values)[1], data)):
        raise ValueError("what it gives is left to chance")
    kind_of_numbers = helder_np.asarray(getattr(out, data)).dtype
    step = 1e-2 if kind_of_numbers == helder_np.float32 else 1e-6
    found = {"value": number(out, data), "step": step, "failed": "", "one": out is leaves[0]}
    try:
        helder_go_back(out, found["value"], new, data, back)
    except Exception as problem:  # of any kind: the person's own code, whose mistakes we tell
        found["failed"] = f"{type(problem).__name__}: {problem}"
        return found
    found["upstream"] = number(out, gradient)
    found["slopes"] = [number(leaf, gradient) for leaf in leaves]
    moved = helder_moved(values, step)
    found["around"] = [[number(built(one)[1], data) for one in ways] for ways in moved]
    return found


def helder_built(engine, operation, carry, values, beside, kind):
    """New leaves of these values, and what an operation makes of them."""
    new, flags, _, _, _, wraps = engine
    leaves = [new(helder_np.array(one) if wraps else one, **flags) for one in values]
    if kind == "same":
        return leaves, operation(leaves[0], leaves[0])
    if kind == "twice":
        return leaves, carry(operation(*leaves, *beside), operation(*leaves, *beside))
    if kind == "chained":
        return leaves, carry(operation(*leaves[:-1], *beside), leaves[-1])
    if kind == "graph":
        inner = carry(leaves[0], leaves[1])
        return leaves, operation(carry(carry(inner, inner), inner), inner)
    return leaves, operation(*leaves, *beside)


def helder_number(thing, name, new, data):
    """What an object keeps under a name, as an array; None where it keeps nothing."""
    found = getattr(thing, name, None)
    while isinstance(found, new):
        found = getattr(found, data)
    return None if found is None else helder_np.array(found, dtype=float)


def helder_go_back(out, value, new, data, back):
    """Calls the method that goes back, with ones where it is handed the gradient."""
    name, takes = back
    if not takes:
        getattr(out, name)()
        return
    ones = new(helder_np.ones_like(value))
    getattr(out, name)(ones if takes == "leaf" else getattr(ones, data))


def helder_moved(values, step):
    """For each value, all values with one number of it moved: up and down, number after number."""
    for at, value in enumerate(values):
        array, ways = helder_np.array(value, dtype=float), []
        for place in helder_np.ndindex(array.shape):
            for way in (step, -step):
                moved = array.copy()
                moved[place] += way
                given = list(values)
                given[at] = moved if array.ndim else float(moved)
                ways.append(given)
        yield ways
