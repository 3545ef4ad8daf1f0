"""The benchmark of the gradient check, on few networks: no alarm, and no mistake is missed."""

import gradients
import pytest


def test_healthy_networks_raise_no_alarm():
    before, after = gradients.of_healthy(gradients.false_alarms(4, 2, 8))
    assert before[2] == after[2] == 0
    assert before[1] + before[3] == 4


@pytest.fixture(scope="module")
def found():
    return gradients.of_mistakes(gradients.with_mistakes(1, 5, 8))


def test_each_of_the_wrong_versions_is_called_wrong(found):
    named = {mistake: cells for mistake, *cells in found}
    assert len(gradients.WRONG_VERSIONS) == 18
    assert named.pop("none") == ["0 of 1", "0 of 1"]
    assert all(cells == ["1 of 1", "1 of 1"] for cells in named.values())
