"""Deadlines, by a clock that the test turns."""

from __future__ import annotations

import pytest

from helder.errors import ArgumentError
from helder.learn import Epoch
from helder.model.deadline import NEVER, TIME_IS_UP, Deadline, Limited


class Clock:
    """A clock that the test turns."""

    now = 100.0

    def __call__(self):
        return self.now


def test_a_deadline_says_how_much_time_is_left():
    clock = Clock()
    deadline = Deadline.after(10, clock)
    clock.now += 4
    assert deadline.left == 6
    assert deadline.sooner(2).left == 4
    clock.now += 10
    assert deadline.left == -4


def test_without_a_limit_there_is_never_an_end():
    assert Deadline.after(None) is NEVER
    assert NEVER.left == NEVER.sooner(5).left == float("inf")


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), "soon"])
def test_a_limit_is_a_number_of_seconds(seconds):
    with pytest.raises(ArgumentError, match="time_limit"):
        Deadline.after(seconds)


def test_training_ends_where_another_epoch_would_not_fit():
    clock = Clock()
    limited, said = Limited(None, Deadline.after(10, clock)), []
    for _ in range(3):
        clock.now += 3
        said.append(limited(Epoch(1, 0.0, 0.0, 0.1)))
    assert said == [None, None, TIME_IS_UP]


def test_who_else_listens_is_heard_first():
    heard = []
    limited = Limited(lambda record: heard.append(record) or "enough", Deadline.after(1e-9))
    assert limited("an epoch") == "enough"
    assert heard == ["an epoch"]
