"""Rules about whole rows: the same row twice, in two files, or with two answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from helder.errors import shown
from helder.glass.advice import ceiling_of_classes, ceiling_of_numbers
from helder.glass.doctor.data.case import DataCase
from helder.glass.doctor.rules import Sighting
from helder.table import Column
from helder.typing import Floats, Integers

MANY_TWICE = 0.01  # of the rows (ydata-profiling: DUPLICATES)
BEYOND_CHANCE = 10.0  # times as many pairs as independent columns would give
NONE_AT_ALL = -20.0  # the logarithm of a number of pairs that is none
CEILING = 0.995  # the best possible score: above it conflicting rows cost next to nothing
CHANCE = 0.001  # so rarely rows divided at random share as many
SHOWN_ROWS = 3


def duplicate_rows(case: DataCase) -> Iterator[Sighting]:
    """Rows that stand there again, more often than columns like these would have it by chance."""
    if case.divided or not case.inputs:
        return
    rows = case.table.rows
    _, first, counts = np.unique(whole_rows(case), return_index=True, return_counts=True)
    again = rows - len(counts)
    if again <= MANY_TWICE * rows:
        return
    pairs = float((counts * (counts - 1) / 2).sum())
    expected = expected_pairs(case)
    if pairs > BEYOND_CHANCE * expected:
        places = numbered(np.sort(first[counts > 1]))
        chance = round(min(expected, 1e9))
        said = {"count": again, "share": 100 * again / rows, "rows": places, "chance": chance}
        yield Sighting(said)


def numbered(rows: Integers) -> str:
    """Rows (indices from 0) as a sentence names them: the first few, counted from 1."""
    return ", ".join(str(int(row) + 1) for row in rows[:SHOWN_ROWS])


def target_column(case: DataCase) -> tuple[Column, ...]:
    """The target among the columns; none where none is named."""
    return tuple(one for one in case.columns if case.target and one.name == case.target.name)


def whole_rows(case: DataCase) -> npt.NDArray[np.uint64]:
    """(N,) a number for each row that is the same where inputs and target are."""
    return case.prints((*case.inputs, *target_column(case)))


def expected_pairs(case: DataCase) -> float:
    """How many pairs of rows would be equal if the columns had nothing to do with each other.

    `N (N-1)/2` pairs, times for each column the share of pairs that agree in it.
    """
    rows = case.table.rows
    logarithm = np.log(max(rows * (rows - 1) / 2, 1.0))
    sample = case.sample
    size = sample.table.rows
    for column in (*case.inputs, *target_column(case)):
        counts = sample.said(column).value_counts()["count"].to_numpy().astype(np.float64)
        agree = (counts * (counts - 1)).sum() / max(size * (size - 1), 1)
        logarithm += np.log(max(agree, 1.0 / max(size, 1) ** 2))
        if logarithm < NONE_AT_ALL:
            break
    return float(np.exp(logarithm))


def conflicting_rows(case: DataCase) -> Iterator[Sighting]:
    """Rows of the same inputs and different targets, which no model can all get right."""
    rows, answers = case.answers
    if not len(rows) or not case.inputs:
        return
    _, same = np.unique(case.prints(case.inputs)[rows], return_inverse=True)
    if case.classes:
        codes = answers.astype(np.int64)
        ceiling = ceiling_of_classes(same, codes, case.classes, rows=rows + 1)
    else:
        ceiling = ceiling_of_numbers(same, answers, rows=rows + 1)
    if ceiling.value < CEILING:
        yield Sighting({"sentence": ceiling.sentence})


def rows_in_both(case: DataCase) -> Iterator[Sighting]:
    """Rows of the test file that are rows of the training file too, more than chance would have."""
    shared = shared_rows(case)
    if shared is None or case.test is None:
        return
    common, expected, p_value = shared
    identical = any(said.key == "tested_on_training" for said in case.notes)
    if common.any() and (p_value < CHANCE or identical):
        places = numbered(np.flatnonzero(common))
        said = {"count": int(common.sum()), "of": case.test.rows, "expected": expected}
        yield Sighting(said | {"rows": places, "file": shown(case.test.path)})


def shared_rows(case: DataCase) -> tuple[npt.NDArray[np.bool_], float, float] | None:
    """Which rows of the test table are in the other too, and how many chance would share.

    Under the null all rows were divided at random: each of `s` equal rows tests with the same
    probability `f`, and they count where some but not all do. The sum over all groups of equal
    rows has the characteristic function `prod((1 - f + f e^iw)^s - f^s e^iws + f^s)`, which an
    inverse Fourier transform makes a distribution.

    Returns:
        (M,) whether each test row stands in the training table; the expected number; and the
        probability of as many or more. None where there is nothing to compare.
    """
    test = case.test
    if test is None or not case.inputs or any(one.name not in test.cells for one in case.inputs):
        return None
    beside = tuple(one for one in target_column(case) if one.name in test.cells)
    compared = (*case.inputs, *beside)
    ours, theirs = case.prints(compared), replace(case, table=test, _said={}).prints(compared)
    common = np.isin(theirs, ours)
    _, sizes = np.unique(np.concatenate([ours, theirs]), return_counts=True)
    sizes = sizes[sizes > 1]
    share = len(theirs) / (len(ours) + len(theirs))
    probability = distribution(sizes, share)
    expected = float(probability @ np.arange(len(probability)))
    return common, expected, float(probability[int(common.sum()) :].sum())


def distribution(sizes: Integers, share: float) -> Floats:
    """(D+1,) the probability of each number of shared rows, for groups of `sizes` equal rows."""
    most = int(sizes.sum())
    wave = np.exp(-2j * np.pi * np.arange(most + 1) / (most + 1))
    product = np.ones(most + 1, dtype=np.complex128)
    for size, count in zip(*np.unique(sizes, return_counts=True), strict=True):
        whole = share**size
        product *= ((1 - share + share * wave) ** size - whole * wave**size + whole) ** count
    return np.clip(np.fft.ifft(product).real, 0.0, 1.0)
