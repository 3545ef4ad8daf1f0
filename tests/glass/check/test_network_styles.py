"""Networks bind in the styles that people write: each is right as it stands, and wrong with a slip.

Each text is our own, short, and made after what many files have in common.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from styles_read import style

from helder import check
from helder.glass.check.findings import NetworkCheck

ASKS_FOR_SIZES = style("asks_for_sizes")
TEN_REPORTS = style("ten_reports")
DATA_IN_COLUMNS_AT_THE_START = style("data_in_columns_at_the_start")
ROWS_OF_A_FILE_THAT_IS_NOT_THERE = style("rows_of_a_file_that_is_not_there")
LOOKS_AT_OTHER_ROWS = style("looks_at_other_rows")
ONE_COLUMN_AT_A_TIME = style("one_column_at_a_time")
A_RATE_FOR_EACH_LAYER = style("a_rate_for_each_layer")
LAYERS_THAT_ARE_ADDED = style("layers_that_are_added")
LAYERS_OF_UNITS_THAT_ARE_ADDED = style("layers_of_units_that_are_added")
TURNS_ITS_ROWS = style("turns_its_rows")
AN_OBJECT_THAT_FUNCTIONS_ARE_HANDED = style("an_object_that_functions_are_handed")
FUNCTIONS_THAT_SHARE_NAMES = style("functions_that_share_names")
A_TABLE_OF_FUNCTIONS = style("a_table_of_functions")

# A style, a slip in it, and the name of that mistake.
STYLES = {
    "asks for its sizes": (
        ASKS_FOR_SIZES, "self.syn1.T) * self.slope(l1)", "self.syn1.T)",
        "missing-hidden-derivative",
    ),
    "reports ten times": (TEN_REPORTS, "(1 - a1 ** 2)", "a1 * (1 - a1)",
                          "derivative-of-another-activation"),
    "takes columns where it is made": (
        DATA_IN_COLUMNS_AT_THE_START, "np.sum(dZ, axis=1, keepdims=True)", "np.sum(dZ)",
        "bias-gradient-scalar",
    ),
    "counts rows that are not there": (
        ROWS_OF_A_FILE_THAT_IS_NOT_THERE, "np.sum(dZ1, axis=1, keepdims=True)", "np.sum(dZ1)",
        "bias-gradient-scalar",
    ),
    "looks at other rows while it trains": (
        LOOKS_AT_OTHER_ROWS, "* (1 - h ** 2)", "", "missing-hidden-derivative",
    ),
    "takes one list at a time": (
        ONE_COLUMN_AT_A_TIME, "self.weights_ho.T @ delta_o *",
        "self.weights_ho.T @ (wanted - o) *", "hidden-error-from-raw-error",
    ),
    "has a rate for each layer": (
        A_RATE_FOR_EACH_LAYER, "delta_l2 @ w1.T * l1 * (1 - l1)", "delta_l2 @ w1.T",
        "missing-hidden-derivative",
    ),
    "is filled with layers": (
        LAYERS_THAT_ARE_ADDED, "            layer.bias += 0.1 * layer.delta\n", "",
        "parameter-not-updated",
    ),
    "is filled with layers of units": (
        LAYERS_OF_UNITS_THAT_ARE_ADDED, "error * unit.a * (1 - unit.a)", "error",
        "missing-hidden-derivative",
    ),
    "turns its rows for forward": (
        TURNS_ITS_ROWS, "1 - self.tanh(z) ** 2", "1 - np.maximum(z, 0) ** 2",
        "derivative-formula",
    ),
    "hands an object to functions": (
        AN_OBJECT_THAT_FUNCTIONS_ARE_HANDED, "dW, db = [delta.T @ found[-2]], [delta.sum(axis=0)]",
        "dW, db = [delta.T @ found[-2]], [np.full(3, delta.sum())]", "bias-gradient-scalar",
    ),
    "is made of functions that share names": (
        FUNCTIONS_THAT_SHARE_NAMES, "d_out @ W2.T * h * (1 - h)", "d_out @ W2.T",
        "missing-hidden-derivative",
    ),
    "is a table of functions": (
        A_TABLE_OF_FUNCTIONS, "(1 - acts[i] ** 2)", "acts[i] * (1 - acts[i])",
        "derivative-of-another-activation",
    ),
}  # fmt: skip


# Slips that show in one style alone: the style, what stands there, what else, its name.
MORE_SLIPS = {
    "an update in the middle, before it is used": (
        "has a rate for each layer",
        """        delta_l1 = delta_l2 @ w1.T * l1 * (1 - l1)
        w2 -= rates[2] * l2.T @ delta_out
        w1 -= rates[1] * l1.T @ delta_l2
""",
        """        w1 -= rates[1] * l1.T @ delta_l2
        delta_l1 = delta_l2 @ w1.T * l1 * (1 - l1)
        w2 -= rates[2] * l2.T @ delta_out
""",
        "update-before-use",
    ),
    "a loop over all inputs but one": (
        "is filled with layers of units", "for j, entered in enumerate(inputs):",
        "for j, entered in enumerate(inputs[:-1]):", "parameter-not-updated",
    ),
    "a bias that an update hands back": (
        "counts rows that are not there", "b1 - alpha * db1", "b1", "parameter-not-updated",
    ),
    "a bias that begins as 0": (
        "looks at other rows while it trains", "p = self.softmax(h @ self.w2 + self.b2)",
        "p = self.softmax(h @ self.w2)", "forward-misses-bias",
    ),
    "an update in functions, uphill": (
        "is a table of functions", "weights[i] -= eta * dW", "weights[i] += eta * dW",
        "update-sign",
    ),
    "a transpose, where training makes the weights": (
        "reports ten times", "dz2 @ W2.T", "dz2 @ W2", "weights-not-transposed",
    ),
}  # fmt: skip


def network_of(folder: Path, code: str) -> NetworkCheck:
    """What is said of a network in this code."""
    (folder / "net.py").write_text(code, encoding="utf-8")
    found = check(folder / "net.py").network
    assert found is not None
    return found


@pytest.mark.parametrize("style", STYLES)
def test_a_network_is_right(tmp_path: Path, style: str) -> None:
    found = network_of(tmp_path, STYLES[style][0])
    assert (found.verdict, found.causes) == ("ok", ())


@pytest.mark.parametrize("style", STYLES)
def test_its_mistake_has_a_name(tmp_path: Path, style: str) -> None:
    code, old, new, cause = STYLES[style]
    assert old in code
    found = network_of(tmp_path, code.replace(old, new))
    assert (found.verdict, found.causes) == ("wrong", (cause,))


@pytest.mark.parametrize("slip", MORE_SLIPS)
def test_what_shows_in_one_style_alone_has_a_name(tmp_path: Path, slip: str) -> None:
    style, old, new, cause = MORE_SLIPS[slip]
    code = STYLES[style][0]
    assert old in code
    found = network_of(tmp_path, code.replace(old, new))
    assert (found.verdict, found.causes) == ("wrong", (cause,))
