"""Training that is a loop among the names of a file is recognised, and each mistake by its name."""

from __future__ import annotations

import pytest
from networks_checked import checked

from helder.glass.check.deadline import Deadline
from helder.glass.check.network.scripts.loops import bind_scripts
from helder.glass.check.reading.scripts import scripts
from helder.glass.check.reading.sources import read_sources
from helder.glass.check.sessions.sandbox import Sandbox

XOR = """
import numpy as np

def nonlin(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0, 1, 1, 0]]).T
syn0 = 2 * np.random.random((3, 4)) - 1
syn1 = 2 * np.random.random((4, 1)) - 1
for j in range(60000):
    l0 = X
    l1 = nonlin(np.dot(l0, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_error = y - l2
    if j % 10000 == 0:
        print("Error:", np.mean(np.abs(l2_error)))
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    syn1 += l1.T.dot(l2_delta)
    syn0 += l0.T.dot(l1_delta)
"""

FROM_CSV = """
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

data = pd.read_csv("flowers.csv")
X = data.iloc[:, :-1].values
y = data.iloc[:, -1].values
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
X_train = (X_train - X_train.mean(0)) / X_train.std(0)
m, n_features = X_train.shape
n_classes = len(np.unique(y_train))
Y = np.eye(n_classes)[y_train]
W1 = np.random.randn(n_features, 8) * 0.1
b1 = np.zeros(8)
W2 = np.random.randn(8, n_classes) * 0.1
b2 = np.zeros(n_classes)
lr = 0.1
losses = []
for epoch in range(500):
    z1 = X_train @ W1 + b1
    a1 = np.maximum(0, z1)
    z2 = a1 @ W2 + b2
    e = np.exp(z2 - z2.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    losses.append(-np.mean(np.sum(Y * np.log(p + 1e-9), axis=1)))
    dz2 = (p - Y) / m
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    dz1 = dz2 @ W2.T * (z1 > 0)
    dW1 = X_train.T @ dz1
    db1 = dz1.sum(axis=0)
    W2 -= lr * dW2
    b2 -= lr * db2
    W1 -= lr * dW1
    b1 -= lr * db1
    accuracy = np.mean(p.argmax(1) == y_train)
"""

COLUMNS = """
import numpy as np

def main():
    np.random.seed(3)
    X, Y = load()
    n_x, m = X.shape
    n_h = 6
    W1 = np.random.randn(n_h, n_x) * 0.5
    b1 = np.zeros((n_h, 1))
    W2 = np.random.randn(2, n_h) * 0.5
    b2 = np.zeros((2, 1))
    learning_rate = 0.3
    for i in range(2000):
        Z1 = np.dot(W1, X) + b1
        A1 = np.tanh(Z1)
        Z2 = np.dot(W2, A1) + b2
        A2 = 1 / (1 + np.exp(-Z2))
        dZ2 = A2 - Y
        dW2 = np.dot(dZ2, A1.T) / m
        db2 = np.sum(dZ2, axis=1, keepdims=True) / m
        dZ1 = np.dot(W2.T, dZ2) * (1 - A1 ** 2)
        dW1 = np.dot(dZ1, X.T) / m
        db1 = np.sum(dZ1, axis=1, keepdims=True) / m
        W1 = W1 - learning_rate * dW1
        b1 = b1 - learning_rate * db1
        W2 = W2 - learning_rate * dW2
        b2 = b2 - learning_rate * db2
        if i > 1990:
            return W1, W2

if __name__ == "__main__":
    main()
"""

ONE_BY_ONE = """
import numpy as np

sig = lambda t: 1 / (1 + np.exp(-t))
inputs = [[0, 0], [0, 1], [1, 0], [1, 1]]
targets = [[0, 0], [0, 1], [0, 1], [1, 0]]
hidden_weights = np.random.uniform(-1, 1, (2, 5))
hidden_bias = np.random.uniform(-1, 1, (5,))
output_weights = np.random.uniform(-1, 1, (5, 2))
output_bias = np.random.uniform(-1, 1, (2,))
eta = 0.5
if __name__ == "__main__":
    while True:
        for x, t in zip(inputs, targets):
            x, t = np.array(x), np.array(t)
            h = sig(x @ hidden_weights + hidden_bias)
            o = sig(h @ output_weights + output_bias)
            delta_o = (t - o) * o * (1 - o)
            delta_h = output_weights @ delta_o * h * (1 - h)
            output_weights += eta * np.outer(h, delta_o)
            output_bias += eta * delta_o
            hidden_weights += eta * np.outer(x, delta_h)
            hidden_bias += eta * delta_h
"""

BATCHES = """
import numpy as np
from tensorflow.keras.datasets import mnist

(train_images, train_labels), _ = mnist.load_data()
train_images = train_images.reshape(60000, 784) / 255.0
params = {
    "W1": np.random.randn(784, 12) * 0.01, "b1": np.zeros((1, 12)),
    "W2": np.random.randn(12, 10) * 0.01, "b2": np.zeros((1, 10)),
}
batch_size, alpha = 64, 0.1

def softmax(z):
    z = np.exp(z - z.max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)

def one_hot(labels):
    return np.eye(10)[labels]

for epoch in range(5):
    order = np.random.permutation(len(train_images))
    images, labels = train_images[order], train_labels[order]
    for start in range(0, len(images), batch_size):
        batch, target = images[start:start + batch_size], one_hot(labels[start:start + batch_size])
        hidden = np.maximum(0, batch @ params["W1"] + params["b1"])
        p = softmax(hidden @ params["W2"] + params["b2"])
        d2 = (p - target) / len(batch)
        d1 = d2 @ params["W2"].T * (hidden > 0)
        grads = {
            "W1": batch.T @ d1, "b1": d1.sum(0, keepdims=True),
            "W2": hidden.T @ d2, "b2": d2.sum(0, keepdims=True),
        }
        for key in params:
            params[key] -= alpha * grads[key]
"""

OBJECTS = """
import numpy as np

class Layer:
    def __init__(self, n, k):
        self.W = np.random.randn(n, k)
        self.b = np.zeros(k)

    def go(self, a):
        self.a = a
        return np.tanh(a @ self.W + self.b)

    def turn(self, d, rate):
        dW, db = self.a.T @ d, d.sum(axis=0)
        back = d @ self.W.T
        self.W -= rate * dW
        self.b -= rate * db
        return back

points = np.linspace(-1, 1, 20).reshape(10, 2)
wanted = points ** 2
first, second = Layer(2, 7), Layer(7, 2)
for round in range(300):
    h = first.go(points)
    out = second.go(h)
    d = (out - wanted) * (1 - out ** 2)
    d = second.turn(d, 0.05) * (1 - h ** 2)
    first.turn(d, 0.05)
"""

IN_A_FUNCTION = """
import numpy as np
from sklearn.datasets import make_moons

X, y = make_moons(200)
num_examples = len(X)

def build_model(nn_hdim, num_passes=20000):
    W1 = np.random.randn(2, nn_hdim)
    b1 = np.zeros((1, nn_hdim))
    W2 = np.random.randn(nn_hdim, 2)
    b2 = np.zeros((1, 2))
    for i in range(num_passes):
        a1 = np.tanh(X.dot(W1) + b1)
        z2 = a1.dot(W2) + b2
        probs = np.exp(z2) / np.sum(np.exp(z2), axis=1, keepdims=True)
        delta3 = probs
        delta3[range(num_examples), y] -= 1
        delta2 = delta3.dot(W2.T) * (1 - np.power(a1, 2))
        W1 += -0.01 * np.dot(X.T, delta2)
        b1 += -0.01 * np.sum(delta2, axis=0)
        W2 += -0.01 * a1.T.dot(delta3)
        b2 += -0.01 * np.sum(delta3, axis=0, keepdims=True)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
"""

MANY_UNITS = """
import numpy as np

N, D_in, H, D_out = 64, 1000, 100, 10
x = np.random.randn(N, D_in)
y = np.random.randn(N, D_out)
w1 = np.random.randn(D_in, H)
w2 = np.random.randn(H, D_out)
learning_rate = 1e-6
for t in range(500):
    h = x.dot(w1)
    h_relu = np.maximum(h, 0)
    y_pred = h_relu.dot(w2)
    grad_y_pred = 2.0 * (y_pred - y)
    grad_w2 = h_relu.T.dot(grad_y_pred)
    grad_h = grad_y_pred.dot(w2.T)
    grad_h[h < 0] = 0
    w1 -= learning_rate * x.T.dot(grad_h)
    w2 -= learning_rate * grad_w2
"""

STYLES = {
    "xor": XOR, "csv": FROM_CSV, "main": COLUMNS, "one by one": ONE_BY_ONE,
    "batches": BATCHES, "objects": OBJECTS, "function": IN_A_FUNCTION,
    "many units": MANY_UNITS,
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_a_right_script_is_ok(style):
    found = checked(STYLES[style])
    assert (found.verdict, found.causes) == ("ok", ()), found


MISTAKES = [
    ("xor", "update-sign", "syn0 +=", "syn0 -="),
    ("xor", "derivative-a-given-z", "nonlin(l1, deriv=True)", "nonlin(l0 @ syn0, deriv=True)"),
    ("xor", "hidden-error-from-raw-error", "l2_delta.dot(syn1.T)", "l2_error.dot(syn1.T)"),
    ("xor", "parameter-not-updated", "    syn0 += l0.T.dot(l1_delta)", ""),
    (
        "xor",
        "update-before-use",
        """    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    syn1 += l1.T.dot(l2_delta)
""",
        """    syn1 += l1.T.dot(l2_delta)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
""",
    ),
    ("csv", "softmax-derivative-twice", "(p - Y) / m", "(p - Y) * p * (1 - p) / m"),
    ("csv", "bias-gradient-scalar", "db1 = dz1.sum(axis=0)", "db1 = np.mean(dz1)"),
    ("csv", "gradient-scale", "dW1 = X_train.T @ dz1", "dW1 = X_train.T @ dz1 * m"),
    ("csv", "relu-slope-threshold", "(z1 > 0)", "(z1 > 1)"),
    ("csv", "parameter-not-updated", "    b1 -= lr * db1", ""),
    ("main", "derivative-z-given-a", "(1 - A1 ** 2)", "(1 - np.tanh(A1) ** 2)"),
    ("main", "update-sign", "W2 = W2 - learning_rate", "W2 = W2 + learning_rate"),
    ("main", "bias-gradient-scalar", "np.sum(dZ1, axis=1, keepdims=True)", "np.sum(dZ1)"),
    ("main", "forward-misses-bias", "np.dot(W2, A1) + b2", "np.dot(W2, A1)"),
    ("one by one", "derivative-z-given-a", "* h * (1 - h)", "* sig(h) * (1 - sig(h))"),
    (
        "one by one",
        "hidden-error-from-raw-error",
        "output_weights @ delta_o",
        "output_weights @ (t - o)",
    ),
    ("batches", "softmax-derivative-twice", "(p - target)", "(p - target) * p * (1 - p)"),
    ("batches", "missing-hidden-derivative", ' * (hidden > 0)', ""),
    ("batches", "gradient-scale", "hidden.T @ d2,", "hidden.T @ d2 * len(batch),"),
    (
        "objects",
        "update-before-use",
        "        back = d @ self.W.T\n        self.W -= rate * dW\n",
        "        self.W -= rate * dW\n        back = d @ self.W.T\n",
    ),
    ("many units", "weights-not-transposed", "grad_y_pred.dot(w2.T)", "grad_y_pred.dot(w2)"),
    ("csv", "gradient-copied", "db1 = dz1.sum(axis=0)", "db1 = dz2.sum(axis=0)"),
    ("many units", "gradient-zero", "grad_w2 = h_relu.T", "grad_w2 = 0 * h_relu.T"),
    ("function", "forward-misses-bias", "a1.dot(W2) + b2", "a1.dot(W2)"),
    ("function", "bias-gradient-scalar", "np.sum(delta3, axis=0, keepdims=True)", "np.sum(delta3)"),
    ("function", "parameter-not-updated",
     "        b2 += -0.01 * np.sum(delta3, axis=0, keepdims=True)\n", ""),
    ("objects", "derivative-formula", "second.turn(d, 0.05) * (1 - h ** 2)",
     "second.turn(d, 0.05) * (1 + h ** 2)"),
]  # fmt: skip


@pytest.mark.parametrize(("style", "cause", "old", "new"), MISTAKES, ids=lambda p: str(p)[:30])
def test_a_mistake_in_a_script_has_its_name(style, cause, old, new):
    assert old in STYLES[style]
    found = checked(STYLES[style].replace(old, new, 1))
    assert found.causes == (cause,), found
    assert found.verdict == "wrong"


def test_what_a_script_does_besides_its_loop_does_not_happen(tmp_path):
    wrote = tmp_path / "wrote.txt"
    text = f"open({str(wrote)!r}, 'w').write('x')\nraise SystemExit\n" + XOR
    assert checked(text).verdict == "ok"
    assert not wrote.exists()


def test_a_loop_is_found_with_what_leads_to_it(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(COLUMNS)
    (loop,) = scripts(read_sources(path).main.tree)
    assert loop.function == "main"
    assert {"X", "Y", "W1", "b1", "m", "learning_rate"} <= loop.reads
    assert "A1" not in loop.reads


def test_a_loop_of_many_units_is_first_seen_with_few(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(MANY_UNITS)
    sources = read_sources(path)
    with Sandbox(sources, Deadline.after(20)) as session:
        bound = next(bind_scripts(session, sources.main))
    assert max(bound.slots.sizes) == 10  # the outputs, which targets may hold


def test_weights_that_all_start_alike_are_seen():
    text = XOR.replace("2 * np.random.random((3, 4)) - 1", "np.zeros((3, 4))")
    assert checked(text).causes == ("zero-init",)


def test_labels_in_pairs_are_no_array_and_stop_nothing():
    pairs = XOR.replace("X = np.array(", "labels = [([0, 1], [1]), ([1, 1], [0])]\nX = np.array(")
    pairs = pairs.replace("    l0 = X\n", "    print(labels[0])\n    l0 = X\n")
    assert checked(pairs).verdict == "ok"
