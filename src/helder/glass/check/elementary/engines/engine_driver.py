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
    new, flags, data, gradient, back, wraps = engine

    def built(given):
        given = [helder_np.array(one) if wraps else one for one in given]
        leaves = [new(one, **flags) for one in given]
        if kind == "same":
            out = operation(leaves[0], leaves[0])
        elif kind == "twice":
            out = carry(operation(*leaves, *beside), operation(*leaves, *beside))
        elif kind == "chained":
            out = carry(operation(*leaves[:-1], *beside), leaves[-1])
        elif kind == "graph":
            inner = carry(leaves[0], leaves[1])
            out = operation(carry(carry(inner, inner), inner), inner)
        else:
            out = operation(*leaves, *beside)
        return leaves, out

    def plain(thing, name):
        found = getattr(thing, name, None)
        while isinstance(found, new):
            found = getattr(found, data)
        return None if found is None else helder_np.array(found, dtype=float)

    leaves, out = built(values)
    if not helder_np.array_equal(plain(out, data), plain(built(values)[1], data)):
        raise ValueError("what it gives is left to chance")
    kind_of_numbers = helder_np.asarray(getattr(out, data)).dtype
    step = 1e-2 if kind_of_numbers == helder_np.float32 else 1e-6
    found = {"value": plain(out, data), "step": step, "failed": "", "one": out is leaves[0]}
    try:
        if back[1]:
            back_with = new(helder_np.ones_like(found["value"]))
            getattr(out, back[0])(back_with if back[1] == "leaf" else getattr(back_with, data))
        else:
            getattr(out, back[0])()
    except Exception as problem:
        found["failed"] = f"{type(problem).__name__}: {problem}"
        return found
    found["upstream"] = plain(out, gradient)
    found["slopes"] = [plain(leaf, gradient) for leaf in leaves]
    found["around"] = []
    for at, value in enumerate(values):
        array = helder_np.array(value, dtype=float)
        ways = []
        for place in helder_np.ndindex(array.shape):
            for way in (step, -step):
                moved = array.copy()
                moved[place] += way
                given = list(values)
                given[at] = moved if array.ndim else float(moved)
                ways.append(plain(built(given)[1], data))
        found["around"].append(ways)
    return found
