"""Networks of numbers that know their gradients: bound, judged, and their slips named."""

from __future__ import annotations

from pathlib import Path

import pytest
from styles_read import style

from helder import check
from helder.glass.check.findings import FileCheck

NUMBERS = style("numbers_with_their_gradients")
ARRAYS = style("arrays_with_their_gradients")
NODES = style("nodes_of_a_graph")
RESET = "    for p in net.parameters():\n        p.grad = 0.0\n"


def checked(folder: Path, code: str) -> FileCheck:
    """What is found in this code, however busy the machine is."""
    (folder / "net.py").write_text(code, encoding="utf-8")
    return check(folder / "net.py", seconds=20)


@pytest.mark.parametrize("code", [NUMBERS, ARRAYS, NODES])
def test_a_network_on_automatic_differentiation_is_right(tmp_path: Path, code: str) -> None:
    found = checked(tmp_path, code)
    assert found.network is not None
    assert (found.network.verdict, found.network.causes) == ("ok", ())


@pytest.mark.parametrize(
    ("code", "old", "new", "cause"),
    [
        (NUMBERS, RESET, "", "gradient-not-reset"),
        (NUMBERS, "p.data -= 0.05 * p.grad", "p.data += 0.05 * p.grad", "update-sign"),
        (NUMBERS, "other.grad += total.grad", "other.grad -= total.grad", "derivative-formula"),
        (NODES, "p.value -= lr", "p.value += lr", "update-sign"),
    ],
)
def test_a_slip_in_it_has_a_name(tmp_path: Path, code: str, old: str, new: str, cause: str) -> None:
    assert old in code
    found = checked(tmp_path, code.replace(old, new))
    assert found.network is not None
    assert (found.network.verdict, found.network.causes) == ("wrong", (cause,))


def test_a_slip_in_an_operation_of_a_network_has_a_name(tmp_path: Path) -> None:
    old, new = "1 - data * data", "1 - t.data * t.data"
    assert old in ARRAYS
    found = checked(tmp_path, ARRAYS.replace(old, new))
    (wrong,) = [one for one in found.functions if one.verdict == "wrong"]
    assert (wrong.name, wrong.causes) == ("tanh", ("derivative-a-given-z",))
    assert found.network is None or found.network.verdict != "ok"


def test_gradients_that_another_function_resets_are_not_said_to_be_kept(tmp_path: Path) -> None:
    code = NODES.replace(" " * 16 + "for p in self.params():\n" + " " * 20 + "p.grad = 0.0\n", "")
    assert code != NODES
    code = code.replace("    net.train(", "    clear_gradients(net)\n    net.train(")
    code += "\n\ndef clear_gradients(net):\n    for p in net.params():\n        p.grad = 0.0\n"
    found = checked(tmp_path, code)
    assert "gradient-not-reset" not in (found.network.causes if found.network else ())
