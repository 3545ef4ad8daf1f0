"""Where as many biases as weights move, the ones that move wrongly are named, not the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from networks_checked import checked

NEURONS = (Path(__file__).parent / "styles" / "neurons.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "cause", "saw"),
    [
        ("self.bias - rate", "self.bias + rate", "update-sign", "b1, b2 with the other sign"),
        ("self.bias - rate", "self.bias - 2 * rate", "gradient-scale", "b1 is 2 times as large"),
        (
            "self.__weights - rate", "self.__weights - 2 * rate", "gradient-scale",
            "W1 is 2 times as large",
        ),
    ],
)  # fmt: skip
def test_the_parameters_that_move_wrongly_are_named(old, new, cause, saw):
    assert NEURONS.count(old) == 1
    found = checked(NEURONS.replace(old, new))
    assert found.causes == (cause,)
    assert saw in found.evidence
