"""Steps that fail for layers of different sizes, tried again where every layer is as wide.

A weight that is not transposed, a layer that takes the input of another, a bias that takes the
gradient of another: where no two sizes are the same, NumPy refuses them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from helder.glass.check.network.binding.formats import random_data
from helder.glass.check.network.binding.inside import INSIDE
from helder.glass.check.network.binding.networks import Bound
from helder.glass.check.network.binding.parameters import Slot, Slots, arrays_in
from helder.glass.check.network.binding.roots import FunctionsRoot, ObjectRoot
from helder.glass.check.network.judging.by_own_loss import by_own_loss
from helder.glass.check.network.judging.deciding import decided, with_several
from helder.glass.check.network.judging.recognising import Recogniser
from helder.glass.check.network.judging.verdicts import Judged, Refused, search
from helder.glass.check.network.scripts.root import ScriptRoot
from helder.glass.check.reading.definitions import Definition

WIDTH = 5  # of every layer where the output is a single number
MOST_REFUSED = 24  # steps that are tried again
OF_SHAPES = frozenset(
    {"weights-not-transposed", "layers-not-chained", "gradient-copied", "weight-gradient-input"}
)


def where_sizes_are_equal(
    refused: Sequence[Refused], definitions: Sequence[Definition], recogniser: Recogniser
) -> Judged | None:
    """The mistake in steps that NumPy refused for their shapes, if it is one of shapes.

    Args:
        refused: The steps.
        definitions: What the file defines, among it the loss that it reports.
        recogniser: Says what a step is, until its time is over.
    """
    places: dict[int, list[Bound]] = {}
    likeliest = sorted(refused, key=lambda one: (not one.ran, one.form.single))
    for one in likeliest[:MOST_REFUSED]:
        if id(one.bound) not in places:
            places[id(one.bound)] = [*equalised_ways(one.bound)]
        for place in places[id(one.bound)]:
            if recogniser.deadline.over:
                return None
            found = search(replace(place, plans=(one.plan,), form=one.form), recogniser)
            judged = decided(found) or with_several(found.strange, recogniser)
            judged = judged or by_own_loss(found.strange, definitions, recogniser)
            if judged is not None and {judged.cause, *judged.also} & OF_SHAPES:
                return judged
    return None


def equalised_ways(bound: Bound) -> Iterator[Bound]:
    """The same place with layers of one size: but for a single output, then with that as wide."""
    known = 0 if bound.inside else bound.slots.outputs
    for outputs in (known, WIDTH) if known == 1 else (known,):
        place = equalised(bound, outputs)
        if place is not None:
            yield place


def equalised(bound: Bound, outputs: int) -> Bound | None:
    """The same place of parameters with layers of one size; None where they cannot be replaced."""
    if bound.inside:
        return replace(bound, data=random_data(INSIDE, INSIDE))
    if 1 in bound.slots.sizes[:-1]:
        return None  # which number of a bias's shape is its width is not seen
    of_loop = isinstance(bound.root, ScriptRoot)
    # a flat vector has fixed places
    free = of_loop or isinstance(bound.root, ObjectRoot | FunctionsRoot)
    root = bound.root.fresh() if free else None
    if root is None:
        return None
    slots = equal_slots(bound.slots, outputs)
    rows = 7 if slots.inputs == 6 else 6
    if of_loop and bound.data is not None:
        rows = len(bound.data.x)  # which the loop may count on
    data = random_data(slots.inputs, slots.outputs, rows)
    old, new = all_of(bound.slots), all_of(slots)
    shapes = {o.shape: np.zeros(n.shape) for o, n in zip(old, new, strict=True)}
    if bound.form is not None and bound.data is not None:  # the rows that it was made with
        given = zip(bound.form.give(bound.data), bound.form.give(data), strict=True)
        shapes |= {np.shape(before): np.asarray(after) for before, after in given}
    for path, array in arrays_in(root.state()).items():
        if array.shape in shapes:  # a velocity, a gradient's buffer: as what it is made for
            root.assign(path, shapes[array.shape])
    return replace(bound, root=root, slots=slots, data=data)


def equal_slots(slots: Slots, outputs: int) -> Slots:
    """The same slots for layers of one size: that of the output, which code may count on."""
    width = outputs if outputs > 1 else WIDTH
    weights: list[Slot] = []
    biases: list[Slot | None] = []
    for w, b in zip(slots.weights, slots.biases, strict=True):
        n_out = outputs if w is slots.weights[-1] else width
        shape = (width + (w.bias_row is not None), n_out)
        weights.append(replace(w, shape=shape[::-1] if w.turned else shape))
        biases.append(b and replace(b, shape=tuple(n if n == 1 else n_out for n in b.shape)))
    return Slots(tuple(weights), tuple(biases))


def all_of(slots: Slots) -> list[Slot]:
    """Of every array."""
    return [slot for slot in (*slots.weights, *slots.biases) if slot is not None]
