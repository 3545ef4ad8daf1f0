"""Steps of one row each, from the same values, added up to what a step of all rows would be.

One row says little of a network with a single output: whatever is wrong with the error there
makes its gradient only larger or smaller. Of several rows each is so in another way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from helder.glass.check.network.binding.formats import Data
from helder.glass.check.network.binding.trials import Trial
from helder.glass.check.network.reference.ways import Observed
from helder.typing import Floats

MOST = 4  # rows


def each_alone(data: Data, once: Callable[[Data], Trial]) -> Trial:
    """The steps of the rows together; what became of the first that shows nothing."""
    trials: list[Trial] = []
    for at in range(min(len(data.x), MOST)):
        trial = once(Data(data.x[at : at + 1], data.y[at : at + 1]))
        if trial.observed is None:
            return trial
        trials.append(trial)
    seen = [trial.observed for trial in trials if trial.observed is not None]
    stepped = any(trial.stepped for trial in trials)
    return replace(trials[0], observed=together(seen), stepped=stepped)


def together(seen: Sequence[Observed]) -> Observed:
    """What was seen of several rows, as of one step."""
    first = seen[0]
    x, y = (np.vstack([getattr(one.known, name) for one in seen]) for name in "xy")
    known = replace(first.known, x=x, y=y, after=first.known.after if len(seen) == 1 else None)
    same = len({len(one.outputs) for one in seen}) == 1
    outputs = zip(*(one.outputs for one in seen), strict=True) if same else ()
    return Observed(
        known,
        tuple(np.vstack(one) for one in outputs),
        tuple(map(added, zip(*(one.weights for one in seen), strict=True))),
        tuple(map(added, zip(*(one.biases for one in seen), strict=True))),
        first.signed,
    )


def added(arrays: Sequence[Floats | None]) -> Floats | None:
    """The sum of arrays; None where one was not seen."""
    known = [array for array in arrays if array is not None]
    return np.sum(known, axis=0) if len(known) == len(arrays) else None
