"""The random numbers of training: the same seed gives the same shuffles and masks in every engine.

Each draw has a stream of its own, found by what it is for (Philox4x64-10, a counter-based
generator: Salmon et al. 2011): the key is (seed, member), the counter (0, layer, epoch and batch,
purpose). Shuffles and masks compare whole numbers only, so no rounding can part two engines.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from helder.errors import ArgumentError
from helder.typing import Floats, Integers

WORDS = 1 << 16  # a mask compares words of 16 bits


class Purpose(IntEnum):
    """What a stream is for."""

    INITIAL = 0
    SHUFFLE = 1
    DROPOUT = 2
    SPLIT = 3
    RESAMPLE = 4


def stream(
    seed: int, member: int, purpose: Purpose, *, epoch: int = 0, batch: int = 0, layer: int = 0
) -> np.random.Philox:
    """The stream of one draw.

    Raises:
        ArgumentError: The seed is no whole number from 0 to 2^64 - 1.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 1 << 64:
        raise ArgumentError("a seed is a whole number", got=seed, accepted="0 to 2^64 - 1")
    key = np.array([seed, member], np.uint64)
    counter = np.array([0, layer, epoch << 32 | batch, purpose], np.uint64)
    return np.random.Philox(key=key, counter=counter)


def generator(seed: int, member: int, purpose: Purpose) -> np.random.Generator:
    """A NumPy generator over the stream, for the draws that happen once."""
    return np.random.Generator(stream(seed, member, purpose))


def shuffled(rows: int, seed: int, member: int, epoch: int) -> Integers:
    """An order of so many rows, (rows,): the stable order of as many 32-bit words."""
    raw = stream(seed, member, Purpose.SHUFFLE, epoch=epoch).random_raw((rows + 1) // 2)
    return np.argsort(raw.view("<u4")[:rows], kind="stable")  # (rows,)


def silent_words(rate: float) -> int:
    """How many of the 16-bit words silence a unit; never all of them."""
    return min(round(rate * WORDS), WORDS - 1)


def fill_mask(
    mask: Floats, rate: float, seed: int, member: int, epoch: int, batch: int, layer: int
) -> None:
    """Fills a dropout mask: 0 with probability `rate`, else what keeps the mean at 1."""
    silent = silent_words(rate)
    source = stream(seed, member, Purpose.DROPOUT, epoch=epoch, batch=batch, layer=layer)
    words = source.random_raw((mask.size + 3) // 4).view("<u2")[: mask.size]
    mask[...] = (words >= silent).reshape(mask.shape)  # (B, n)
    mask *= WORDS / (WORDS - silent)
