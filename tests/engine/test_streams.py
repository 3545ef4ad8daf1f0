"""The streams that engines share: told apart by purpose, and written down for another engine.

The generator below is Philox4x64-10 from its paper (Salmon et al. 2011) in plain Python. A second
engine must know one thing more: NumPy adds one to the counter before each block, the first too.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from helder.engine import Purpose, generator, stream
from helder.engine.streams import fill_mask, shuffled
from helder.errors import ArgumentError

MULTIPLIERS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
WEYL = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
LOW = (1 << 64) - 1


def philox_block(key, counter):
    """Four words of 64 bits."""
    c, k = list(counter), list(key)
    for _ in range(10):
        left, right = MULTIPLIERS[0] * c[0], MULTIPLIERS[1] * c[2]
        c = [right >> 64 ^ c[1] ^ k[0], right & LOW, left >> 64 ^ c[3] ^ k[1], left & LOW]
        k = [(word + weyl) & LOW for word, weyl in zip(k, WEYL, strict=True)]
    return c


def words(seed, member, purpose, epoch, batch, layer):
    """The words of 64 bits of a stream, without end."""
    for block in itertools.count(1):  # NumPy's first block has counter 1
        yield from philox_block((seed, member), (block, layer, epoch << 32 | batch, int(purpose)))


def test_the_paper_s_own_example():
    zeros = philox_block((0, 0), (0, 0, 0, 0))
    assert [f"{word:016x}" for word in zeros] == [
        "16554d9eca36314c",
        "db20fe9d672d0fdc",
        "d7e772cee186176b",
        "7e68b68aec7ba23b",
    ]


@pytest.mark.parametrize("purpose", Purpose)
def test_a_stream_is_philox_with_the_stated_key_and_counter(purpose):
    place = {"epoch": 7, "batch": 3, "layer": 2}
    raw = stream(2**63 + 5, 4, purpose, **place).random_raw(10)
    expected = itertools.islice(words(2**63 + 5, 4, purpose, 7, 3, 2), 10)
    assert raw.tolist() == list(expected)


def test_a_shuffle_is_the_stable_order_of_32_bit_words_low_half_first():
    source = words(5, 1, Purpose.SHUFFLE, 9, 0, 0)
    halves = [half for word in itertools.islice(source, 6) for half in (word % 2**32, word >> 32)]
    expected = sorted(range(11), key=lambda row: halves[row])
    assert shuffled(11, 5, 1, 9).tolist() == expected


def test_a_mask_compares_16_bit_words_with_a_whole_number():
    mask = np.empty((3, 5), np.float32)
    fill_mask(mask, 0.4, seed=5, member=1, epoch=9, batch=2, layer=3)
    source = itertools.islice(words(5, 1, Purpose.DROPOUT, 9, 2, 3), 4)
    quarters = [word >> shift & 0xFFFF for word in source for shift in (0, 16, 32, 48)]
    kept = [quarter >= 26214 for quarter in quarters[:15]]  # 26214 is 0.4 of 65536
    np.testing.assert_array_equal(mask.ravel() > 0, kept)
    np.testing.assert_allclose(mask[mask > 0], 65536 / (65536 - 26214), rtol=1e-7)


def test_every_part_of_the_place_gives_another_stream():
    start = {"seed": 0, "member": 0, "purpose": Purpose.DROPOUT, "epoch": 0, "batch": 0, "layer": 0}
    places = [start, *({**start, part: 1} for part in start)]
    places += [{**start, "purpose": purpose} for purpose in (Purpose.INITIAL, Purpose.SPLIT)]
    places.append({**start, "seed": 1, "member": 1})
    drawn = {stream(**place).random_raw(8).tobytes() for place in places}
    assert len(drawn) == len(places)


def test_the_same_place_gives_the_same_bits():
    one, other = (stream(3, 0, Purpose.SHUFFLE, epoch=4).random_raw(100) for _ in range(2))
    assert one.tobytes() == other.tobytes()
    draws = [generator(3, 0, Purpose.INITIAL).normal(size=9).tobytes() for _ in range(2)]
    assert draws[0] == draws[1]


@pytest.mark.parametrize("rows", [1, 2, 3, 10, 1001])
def test_a_shuffle_is_a_permutation(rows):
    assert sorted(shuffled(rows, 0, 0, 0)) == list(range(rows))


def test_shuffles_differ_by_epoch_and_put_every_row_everywhere():
    orders = np.array([shuffled(5, 0, 0, epoch) for epoch in range(3000)])
    assert len({tuple(order) for order in orders}) == 120  # every order of five rows
    for place in range(5):
        np.testing.assert_allclose(np.bincount(orders[:, place]) / 3000, 1 / 5, atol=0.03)


@pytest.mark.parametrize("rate", [0.1, 0.4, 0.5, 0.9])
def test_a_mask_silences_its_share_and_keeps_the_mean_at_one(rate):
    mask = np.empty((1000, 200))
    fill_mask(mask, rate, 0, 0, 0, 0, 0)
    assert np.mean(mask == 0) == pytest.approx(rate, abs=0.005)
    assert len(np.unique(mask)) == 2
    assert mask.mean() == pytest.approx(1, abs=0.02)


def test_what_a_mask_holds_keeps_the_mean_at_one_at_every_rate():
    mask = np.empty((4000, 500))
    fill_mask(mask, 0.999999, 0, 0, 0, 0, 0)  # finer than a word of 16 bits can tell
    assert mask.mean() == pytest.approx(1, abs=0.7)


@pytest.mark.parametrize("seed", [-1, 2**64, 0.5, "7", True, None])
def test_a_seed_that_is_no_whole_number_is_said(seed):
    with pytest.raises(ArgumentError, match="a seed is a whole number"):
        stream(seed, 0, Purpose.INITIAL)


def test_the_largest_seed_is_a_seed():
    assert stream(2**64 - 1, 0, Purpose.INITIAL).random_raw() > 0
