"""Networks whose weights are numbers with a name each are judged like those of arrays."""

from __future__ import annotations

import pytest
from networks_checked import checked

TINY = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def slope(z):
    return sigmoid(z) * (1 - sigmoid(z))

class Tiny:
    def __init__(self):
        self.w1, self.w2, self.w3 = np.random.normal(), np.random.normal(), np.random.normal()
        self.w4, self.w5, self.w6 = np.random.normal(), np.random.normal(), np.random.normal()
        self.b1, self.b2, self.b3 = np.random.normal(), np.random.normal(), np.random.normal()

    def feedforward(self, x):
        h1 = sigmoid(self.w1 * x[0] + self.w2 * x[1] + self.b1)
        h2 = sigmoid(self.w3 * x[0] + self.w4 * x[1] + self.b2)
        return sigmoid(self.w5 * h1 + self.w6 * h2 + self.b3)

    def train(self, people, answers):
        rate = 0.1
        for _ in range(1000):
            for x, wanted in zip(people, answers):
                s1 = self.w1 * x[0] + self.w2 * x[1] + self.b1
                h1 = sigmoid(s1)
                s2 = self.w3 * x[0] + self.w4 * x[1] + self.b2
                h2 = sigmoid(s2)
                s3 = self.w5 * h1 + self.w6 * h2 + self.b3
                d3 = -2 * (wanted - sigmoid(s3)) * slope(s3)
                d1 = d3 * self.w5 * slope(s1)
                d2 = d3 * self.w6 * slope(s2)
                self.w1 -= rate * d1 * x[0]
                self.w2 -= rate * d1 * x[1]
                self.b1 -= rate * d1
                self.w3 -= rate * d2 * x[0]
                self.w4 -= rate * d2 * x[1]
                self.b2 -= rate * d2
                self.w5 -= rate * d3 * h1
                self.w6 -= rate * d3 * h2
                self.b3 -= rate * d3
"""


def test_numbers_with_names_make_up_layers():
    assert checked(TINY).verdict == "ok"


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({" * slope(s1)": "", " * slope(s2)": ""}, "missing-hidden-derivative"),
        ({"slope(s1)": "slope(h1)", "slope(s2)": "slope(h2)"}, "derivative-z-given-a"),
        ({"-2 * (wanted": "2 * (wanted"}, "update-sign"),
        ({"self.b3 -= rate * d3": "pass"}, "parameter-not-updated"),
    ],
)
def test_their_mistakes_are_found(changes, cause):
    text = TINY
    for right, wrong in changes.items():
        text = text.replace(right, wrong)
    assert checked(text).causes == (cause,)
