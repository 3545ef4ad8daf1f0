"""A print or an accuracy whose data is not there does not stop a loop from being judged."""

from __future__ import annotations

import pytest
from networks_checked import checked

DIGITS = """
import numpy as np
from no_such_library import load_digits

def accuracy(p, labels):
    return np.mean(p.argmax(1) == labels)

digits = load_digits()
X = digits.data / 16
Y = np.eye(10)[digits.target]
rng = np.random.default_rng(0)
W1 = rng.normal(0, 0.1, (64, 20))
b1 = np.zeros(20)
W2 = rng.normal(0, 0.1, (20, 10))
b2 = np.zeros(10)
history = []
for epoch in range(200):
    H = np.tanh(X @ W1 + b1)
    S = H @ W2 + b2
    P = np.exp(S - S.max(1, keepdims=True))
    P = P / P.sum(1, keepdims=True)
    # told
    D2 = (P - Y) / len(X)
    D1 = D2 @ W2.T * (1 - H**2)
    W2 = W2 - 0.5 * H.T @ D2
    b2 = b2 - 0.5 * D2.sum(0)
    W1 = W1 - 0.5 * X.T @ D1
    b1 = b1 - 0.5 * D1.sum(0)
"""

TOLD = {
    "print": "print((P.argmax(1) == digits.target).mean())",
    "print now and then": "if epoch % 50 == 0: print(accuracy(P, digits.target))",
    "accuracy": "acc = accuracy(P, digits.target); print(f'{acc:.3f}')",
    "history": "history.append(np.mean(P.argmax(1) == digits.target))",
    "early stop": "if accuracy(P, digits.target) > 0.99: break",
    "count": """right = 0
    for i in range(len(P)):
        if P[i].argmax() == digits.target[i]:
            right += 1""",
}


@pytest.mark.parametrize("told", TOLD)
def test_a_loop_that_tells_of_what_is_not_there_is_judged(told):
    assert checked(DIGITS.replace("# told", TOLD[told])).verdict == "ok"


def test_a_mistake_beside_such_a_print_has_its_name():
    text = DIGITS.replace("# told", TOLD["print"]).replace("(1 - H**2)", "H * (1 - H)")
    assert checked(text).causes == ("derivative-of-another-activation",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("H.T @ D2", "H.T @ D2 * digits.scale"),
        ("D1 = D2", "D1 = digits.scale * D2"),
        ("b1 = b1 -", "b1 = digits.bias + b1 -"),
    ],
)
def test_a_step_that_needs_what_is_not_there_is_not_judged(old, new):
    assert checked(DIGITS.replace(old, new)).verdict == "cannot tell"
