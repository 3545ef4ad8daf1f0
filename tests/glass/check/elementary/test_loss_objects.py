"""Loss objects: what they hand back is held against the loss that they computed before."""

from __future__ import annotations

import textwrap

import pytest

OF_LOGITS = """
class SoftmaxCE:
    def __call__(self, logits, y):
        e = np.exp(logits - logits.max(1, keepdims=True))
        self.p = e / e.sum(1, keepdims=True)
        self.y = y
        return -np.log(self.p[np.arange(len(y)), y] + 1e-12).mean()

    def backward(self):
        g = self.p.copy()
        g[np.arange(len(self.y)), self.y] -= 1
        return {slope}
"""
OF_PROBABILITIES = """
class CrossEntropy:
    def forward(self, p, t):
        self.kept, self.wanted = p, t
        return -np.sum(t * np.log(p)) / len(p)

    def backward(self):
        p, t = self.kept, self.wanted
        return {slope}
"""
OF_SQUARES = """
class MSE:
    def forward(self, p, t):
        self.kept, self.wanted = p, t
        return np.mean((p - t) ** 2)

    def backward(self):
        p, t = self.kept, self.wanted
        return {slope}
"""
OF_YES_AND_NO = """
class BCELoss:
    def forward(self, z, t):
        self.s, self.t = 1 / (1 + np.exp(-z)), t
        return -np.mean(t * np.log(self.s) + (1 - t) * np.log(1 - self.s))

    def backward(self):
        return {slope}
"""


@pytest.fixture
def of_slope(judged):
    """The finding of what an object hands back."""

    def find(source, slope):
        checks = judged(textwrap.dedent(source).replace("{slope}", slope))
        return next(check for check in checks if check.name.endswith("backward"))

    return find


@pytest.mark.parametrize(
    ("source", "slope", "verdict", "kind"),
    [
        (OF_LOGITS, "g / len(self.y)", "ok", "cross-entropy"),
        (OF_LOGITS, "g / len(self.y) / len(self.y)", "ok", "cross-entropy"),
        (OF_LOGITS, "-g", "convention", "cross-entropy"),
        (OF_PROBABILITIES, "-t / p / len(p)", "ok", "cross-entropy"),
        (OF_PROBABILITIES, "p - t", "ok", "cross-entropy"),
        (OF_SQUARES, "2 * (p - t) / p.size", "ok", "squared error"),
        (OF_SQUARES, "(p - t) * p * (1 - p)", "ok", "squared error"),
        (OF_YES_AND_NO, "(self.s - self.t) / self.s.size", "ok", "binary cross-entropy"),
    ],
)
def test_a_derivative_of_the_own_loss_is_right_at_any_factor(
    of_slope, source, slope, verdict, kind
):
    check = of_slope(source, slope)
    assert (check.verdict, check.kind, check.causes) == (verdict, f"{kind} derivative", ())


@pytest.mark.parametrize(
    ("source", "slope", "cause"),
    [
        (OF_LOGITS, "g * self.p * (1 - self.p) / len(self.y)", "softmax-derivative-twice"),
        (
            OF_LOGITS,
            "self.p * (g - (self.p * g).sum(1, keepdims=True))",
            "softmax-derivative-twice",
        ),
        (OF_LOGITS, "g * self.p", "derivative-formula"),
        (OF_LOGITS, "g ** 2", "derivative-formula"),
        (OF_YES_AND_NO, "(self.s - self.t) * self.s * (1 - self.s)", "softmax-derivative-twice"),
        (OF_PROBABILITIES, "-t * np.log(p)", "derivative-formula"),
        (OF_SQUARES, "p + t", "derivative-formula"),
    ],
)  # fmt: skip
def test_another_derivative_is_named(of_slope, source, slope, cause):
    check = of_slope(source, slope)
    assert (check.verdict, check.causes) == ("wrong", (cause,))


@pytest.mark.parametrize(
    ("source", "slope"),
    [(OF_PROBABILITIES, "(p - t) * p * (1 - p)"), (OF_SQUARES, "-t / p")],
)
def test_the_derivative_of_another_loss_is_no_mistake_and_is_told(of_slope, source, slope):
    check = of_slope(source, slope)
    assert (check.verdict, check.causes) == ("convention", ("loss-not-the-one-optimised",))


def test_the_evidence_names_both_calls_and_has_the_factor_of_the_code(of_slope):
    check = of_slope(OF_LOGITS, "g * self.p / len(self.y)")
    p = 0.4640  # the first of softmax([0.7, 0.2, 0.1])
    assert "SoftmaxCE.backward() after SoftmaxCE.__call__([[0.7, 0.2, 0.1]" in check.evidence
    assert f"is {(p - 1) * p / 2:.3f}" in check.evidence
    assert f"right is {(p - 1) / 2:.3f}" in check.evidence
