"""The first number of somebody's gradient that differs, beside the right one."""

from __future__ import annotations

import math

import numpy as np

from helder.glass.check.network.judging.middle import middle_of
from helder.glass.check.network.judging.recognising import Recognition
from helder.glass.check.network.reference.matching import SAME
from helder.glass.check.network.reference.network import Stages, backward, forward
from helder.glass.check.network.reference.ways import Observed, names_of


def first_difference(observed: Observed, found: Recognition) -> str:
    """`dW1[0, 0] is 0.0123, right is 0.0456`, going backward from the output; empty where none."""
    right = forward(observed.known, found.going.shape)
    with np.errstate(all="ignore"):
        dWs, dbs = backward(right, Stages(output=found.loss.dz))
    predicted = [array for pair in zip(dWs, dbs, strict=True) for array in pair]
    names = names_of(observed.known)
    known = [f for f in found.factors.known if f]
    factor = found.factors.one or (middle_of(observed, found.factors) if known else math.nan)
    if not math.isfinite(factor) or factor == 0:
        return ""
    order = sorted(range(len(names)), key=lambda at: (-(at // 2), at % 2))
    for at in order:
        seen = observed.arrays[at]
        if seen is None:
            continue
        yours = seen / factor  # as a gradient summed over the rows
        apart = np.abs(yours - predicted[at])
        if float(apart.max()) > SAME * max(1e-12, float(np.abs(predicted[at]).max())):
            cell = np.unravel_index(int(apart.argmax()), apart.shape)
            place = ", ".join(str(int(i)) for i in cell)
            return (
                f"d{names[at]}[{place}] is {yours[cell]:.4g}, right is {predicted[at][cell]:.4g} "
                "(summed over the rows)"
            )
    return ""
