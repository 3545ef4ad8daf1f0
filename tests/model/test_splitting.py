"""Rows train, choose the epoch or give the score: never two of these, and never none."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helder.errors import DataError
from helder.model.splitting import (
    STOP_SHARE,
    TEST_SHARE,
    folds_by_time,
    split_at_random,
    split_by_class,
    split_by_group,
    split_by_time,
)

rows = st.integers(5, 400)
seeds = st.integers(0, 2**64 - 1)
tests = st.sampled_from([TEST_SHARE, 0.0])
quick = settings(max_examples=100, deadline=None, database=None)


def check_cover(split, count: int, test: float) -> None:
    """The three parts hold every row once, and the test part is empty where a file tests."""
    parts = (split.train, split.stop, split.test)
    assert sorted(np.concatenate(parts).tolist()) == list(range(count))
    assert all((np.diff(part) > 0).all() for part in parts)
    assert len(split.train) >= 1
    assert len(split.stop) >= 1
    assert (len(split.test) >= 1) == (test > 0)


@quick
@given(rows, tests, seeds)
def test_at_random_the_shares_hold(count, test, seed):
    split = split_at_random(count, test, seed)
    check_cover(split, count, test)
    assert abs(len(split.test) - test * count) <= 0.5 or len(split.test) == 1
    assert abs(len(split.stop) - STOP_SHARE * count) <= 0.5 or len(split.stop) == 1


@quick
@given(st.lists(st.integers(3, 120), min_size=2, max_size=5), tests, seeds)
def test_every_class_has_the_same_share_everywhere(sizes, test, seed):
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(len(sizes)), sizes))
    names = tuple("abcde"[: len(sizes)])
    split = split_by_class(labels, names, test, seed)
    check_cover(split, len(labels), test)
    for label, size in enumerate(sizes):
        tested, stop = ((labels[part] == label).sum() for part in (split.test, split.stop))
        assert tested == (max(round(TEST_SHARE * size), 1) if test else 0)
        assert stop == max(round(STOP_SHARE * size), 1)
    assert [said.key for said in split.notes] == ["split_stratified" if test else "stop_stratified"]


@pytest.mark.parametrize(
    ("size", "parts", "said"),
    [(1, (1, 0, 0), True), (2, (1, 0, 1), True), (3, (1, 1, 1), False)],
)
def test_a_class_of_few_rows_trains_first_and_that_is_said(size, parts, said):
    labels = np.array([0] * 40 + [1] * size)
    split = split_by_class(labels, ("many", "few"), TEST_SHARE, 0)
    counts = tuple(int((labels[part] == 1).sum()) for part in (split.train, split.stop, split.test))
    assert counts == parts
    notes = {note.key: note.sentence for note in split.notes}
    assert ("small_classes" in notes) == said
    assert "'few'" in notes.get("small_classes", "'few'")
    assert "'many'" not in notes.get("small_classes", "")


@pytest.mark.parametrize(("size", "said"), [(1, True), (2, False)])
def test_with_a_test_file_a_class_needs_one_row_less(size, said):
    labels = np.array([0] * 40 + [1] * size)
    split = split_by_class(labels, ("many", "few"), 0.0, 0)
    assert ("small_classes" in [note.key for note in split.notes]) == said


def test_a_class_without_rows_is_no_small_class():
    split = split_by_class(np.array([0, 1] * 20), ("a", "b", "none"), TEST_SHARE, 0)
    assert [note.key for note in split.notes] == ["split_stratified"]


def test_classes_of_single_rows_cannot_be_held_out():
    with pytest.raises(DataError, match="no class has rows enough"):
        split_by_class(np.arange(9), tuple("abcdefghi"), TEST_SHARE, 0)


@quick
@given(st.lists(st.integers(1, 60), min_size=5, max_size=20), tests, seeds)
def test_groups_never_stand_on_two_sides(sizes, test, seed):
    groups = np.random.default_rng(1).permutation(np.repeat(np.arange(len(sizes)), sizes))
    split = split_by_group(groups, test, seed)
    check_cover(split, len(groups), test)
    sides = [set(groups[part].tolist()) for part in (split.train, split.stop, split.test)]
    assert sum(map(len, sides)) == len(sizes)


@quick
@given(st.integers(20, 100), seeds)
def test_many_groups_hold_the_shares_nearly(count, seed):
    groups = np.repeat(np.arange(count), 4)
    split = split_by_group(groups, TEST_SHARE, seed)
    assert abs(len(split.test) / len(groups) - TEST_SHARE) <= 1.01 / count
    assert abs(len(split.stop) / len(groups) - STOP_SHARE) <= 2.01 / count


def test_two_groups_are_too_few():
    with pytest.raises(DataError, match="too few groups"):
        split_by_group(np.array([0, 1] * 20), TEST_SHARE, 0)


@quick
@given(st.lists(st.integers(0, 30), min_size=5, max_size=200), tests)
def test_no_row_is_judged_by_its_future(times, test):
    time = np.array(times, dtype=float)
    if len(set(times)) < (3 if test else 2):
        with pytest.raises(DataError, match="too few different times"):
            split_by_time(time, test)
        return
    split = split_by_time(time, test)
    check_cover(split, len(time), test)
    assert time[split.train].max() < time[split.stop].min()  # rows of one time stay together
    if test:
        assert time[split.stop].max() < time[split.test].min()


def test_the_same_seed_draws_the_same_rows_and_another_one_others():
    labels = np.arange(200) % 3
    names = ("a", "b", "c")
    first, again, other = (split_by_class(labels, names, TEST_SHARE, seed) for seed in (1, 1, 2))
    assert first.test.tolist() == again.test.tolist() != other.test.tolist()
    one, two = (split_at_random(200, TEST_SHARE, seed) for seed in (1, 2))
    assert one.test.tolist() != two.test.tolist()


@pytest.mark.parametrize("count", [0, 1, 4])
def test_a_handful_of_rows_cannot_be_divided(count):
    for split in (
        lambda: split_at_random(count, TEST_SHARE, 0),
        lambda: split_by_class(np.zeros(count, int), ("a",), TEST_SHARE, 0),
        lambda: split_by_group(np.arange(count), TEST_SHARE, 0),
        lambda: split_by_time(np.arange(count, dtype=float), TEST_SHARE),
    ):
        with pytest.raises(DataError, match="too few rows"):
            split()


@quick
@given(st.lists(st.integers(0, 30), min_size=2, max_size=200), st.integers(2, 8))
def test_folds_of_time_are_stretches_that_share_no_moment(times, K):
    time = np.array(times, dtype=float)
    if len(set(times)) < K:
        with pytest.raises(DataError, match="fewer different times than folds"):
            folds_by_time(time, K)
        return
    folds = folds_by_time(time, K)
    assert len(folds) == K
    held = [time[fold.held_out] for fold in folds]
    assert all(one.max() < next_one.min() for one, next_one in itertools.pairwise(held))
    assert sorted(np.concatenate([fold.held_out for fold in folds])) == list(range(len(time)))
    for fold in folds:
        assert sorted([*fold.train, *fold.held_out]) == list(range(len(time)))


def test_folds_of_many_moments_have_about_as_many_rows_each():
    sizes = [len(fold.held_out) for fold in folds_by_time(np.arange(100.0) // 2, 8)]
    assert max(sizes) - min(sizes) <= 3
