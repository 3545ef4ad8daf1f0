"""Weight decay that stands in the code as a number, taken off a step before it is recognised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from helder.glass.check.network.reference.matching import SAME
from helder.glass.check.network.reference.network import Pass, forward
from helder.glass.check.network.reference.ways import Going, Observed
from helder.typing import Floats


def without_decay(observed: Observed, going: Going) -> Iterator[Observed]:
    """What was seen less as much of the weights as the last layer says, the same for all layers."""
    seen = observed.weights[-1]
    if seen is None or seen.size < 3:
        return
    passed = forward(observed.known, going.shape, going.wiring)
    for loss in observed.losses(going.shape.output_name):
        with np.errstate(all="ignore"):
            share = decay_in(seen, passed, loss.dz(passed))
        if share is not None:
            less = [
                None if dW is None else dW - share * W
                for dW, W in zip(observed.weights, observed.known.weights, strict=True)
            ]
            yield replace(observed, weights=tuple(less))


def decay_in(seen: Floats, passed: Pass, dz: Floats) -> float | None:
    """How much of W is in `c dW + d W`, where c and d have one sign; None where it is not that."""
    W = passed.known.weights[-1]
    both = np.stack([(passed.entered[-1].T @ dz).ravel(), W.ravel()], axis=1)
    if not np.isfinite(both).all():
        return None
    (c, d), *_ = np.linalg.lstsq(both, seen.ravel(), rcond=None)
    apart = np.abs(both @ (c, d) - seen.ravel()).max()
    small = SAME * float(np.abs(seen).max())
    return float(d) if apart <= small and c * d > 0 and abs(d) * np.abs(W).max() > small else None
