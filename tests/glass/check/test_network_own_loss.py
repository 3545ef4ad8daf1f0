"""A gradient is compared with differences of the loss that the code itself reports."""

from __future__ import annotations

import pytest
from networks_checked import checked
from styles_read import style

OWN = style("a_loss_of_their_own")
BESIDE = style("a_loss_beside_the_class")
BACK = style("layers_that_return_their_way_back")
SHAPES = style("one_vector_and_a_list_of_shapes")
# A network that is none of the book's: what enters a layer is added to what comes out of it.
RESIDUAL = OWN.replace(
    """        self.h = np.tanh(X @ self.p["W1"] + self.p["b1"])
        return self.h @ self.p["W2"] + self.p["b2"]""",
    """        self.h = np.tanh(X @ self.p["W1"] + self.p["b1"])
        return self.h @ self.p["W2"] + self.p["b2"] + X[:, :3] ** 2""",
)
SLIPS = {
    "no slope": (OWN, " * (1 - self.h ** 2)", "", "missing-hidden-derivative"),
    "the slope of another activation": (
        OWN, "(1 - self.h ** 2)", "(self.h > 0)", "derivative-of-another-activation",
    ),
    "no transpose": (
        OWN, 'self.p["W2"].T', 'self.p["W2"]', "weights-not-transposed",
    ),
    "divided twice": (OWN, "self.h.T @ d2", "self.h.T @ d2 / len(X)", "gradient-divided-twice"),
    "a bias that the forward pass forgets": (
        OWN, ' + self.p["b2"]', "", "forward-misses-bias",
    ),
    "an update uphill": (OWN, "-= lr * g[k]", "+= lr * g[k]", "update-sign"),
    "a bias that stays": (BESIDE, "self.b1 -= lr", "self.b1 - lr", "parameter-not-updated"),
    "one number for all units": (
        BESIDE, "d1.sum(axis=0, keepdims=True)", "np.sum(d1)", "bias-gradient-scalar",
    ),
    "one number for all units of what is none of the book's": (
        RESIDUAL, "d1.sum(axis=0)", "np.full(d1.shape[1], d1.sum())", "bias-gradient-scalar",
    ),
    "a gradient that is twice as large in what is none of the book's": (
        RESIDUAL, "self.h.T @ d2", "2 * self.h.T @ d2", "gradient-scale",
    ),
    "a part of a vector that is one number": (
        SHAPES, "back.sum(axis=0)]", "np.full(back.shape[1], back.sum())]", "bias-gradient-scalar",
    ),
    "one row of what is none of the book's": (
        RESIDUAL, "d1.sum(axis=0)", "d1[0]", "bias-gradient-one-row",
    ),
    "a wrong way back": (BACK, "dz.sum(axis=0)", "dz[0]", "bias-gradient-one-row"),
}  # fmt: skip


@pytest.mark.parametrize("text", [OWN, BESIDE, RESIDUAL, BACK, SHAPES])
def test_a_network_with_a_loss_that_is_in_no_book_is_right(text):
    found = checked(text)
    assert (found.verdict, found.causes) == ("ok", ()), found


@pytest.mark.parametrize(("text", "right", "wrong", "cause"), SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_beside_a_loss_of_their_own_is_named(text, right, wrong, cause):
    assert right in text
    found = checked(text.replace(right, wrong))
    assert found.causes[:1] == (cause,), found


def test_a_loss_that_is_not_that_of_the_gradient_is_not_called_a_mistake():
    text = OWN.replace("np.sqrt(1 + r ** 2) - 1", "np.log(np.cosh(r))")
    assert checked(text).verdict == "cannot tell"
