"""Scripts with the names and habits of much copied lessons: `wout, bout`, rounds within rounds."""

from __future__ import annotations

from networks_checked import checked

WEATHER = """
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def d_sigmoid(a):
    return a * (1 - a)

X = np.array([[1, 0, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]])
y = np.array([[1], [1], [0]])
lr = 0.1
wh, bh = np.random.uniform(size=(4, 3)), np.random.uniform(size=(1, 3))
wout = np.random.uniform(size=(3, 1))
bout = np.random.uniform(size=(1, 1))

for i in range(5000):
    hidden = sigmoid(X @ wh + bh)
    output = sigmoid(hidden @ wout + bout)
    E = y - output
    if i % 1000 == 0:
        print(np.mean(E ** 2))
    d_output = E * d_sigmoid(output)
    d_hidden = d_output @ wout.T * d_sigmoid(hidden)
    wout += hidden.T @ d_output * lr
    bout += d_output.sum(axis=0, keepdims=True) * lr
    wh += X.T @ d_hidden * lr
    bh += d_hidden.sum(axis=0, keepdims=True) * lr
"""
ROUNDS_WITHIN = WEATHER.replace(
    "for i in range(5000):", "for attempt in range(3):\n  for i in range(500000):"
)


def test_a_bias_of_one_number_is_no_layer():
    assert checked(WEATHER).verdict == "ok"
    wrong = WEATHER.replace("bout += d_output", "bout -= d_output")
    assert checked(wrong).causes == ("update-sign",)


def test_rounds_within_rounds_are_seen_by_one():
    assert checked(ROUNDS_WITHIN).verdict == "ok"
    wrong = ROUNDS_WITHIN.replace(" * d_sigmoid(hidden)", "")
    assert checked(wrong).causes == ("missing-hidden-derivative",)


def test_errors_that_are_squared_by_their_name_are_the_loss():
    text = WEATHER.replace("E * d_sigmoid(output)", "E")
    assert checked(text).causes[0] == "missing-output-derivative"
    for squares in ("np.square(y - np.copy(output))", "(y - np.copy(output)) ** 2"):
        called = text.replace("E ** 2", squares).replace("E = y - output", "d = y - output")
        called = called.replace("d_output = E", "d_output = d")
        assert checked(called).causes[0] == "missing-output-derivative"


def test_a_function_beside_a_loop_stops_nothing():
    predict = """
def predict(X, wh, bh, wout, bout):
    return sigmoid(sigmoid(X @ wh + bh) @ wout + bout)
"""
    assert checked(WEATHER + predict).verdict == "ok"
