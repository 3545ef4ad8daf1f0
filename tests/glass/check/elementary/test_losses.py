"""Losses: right ones in every convention are left alone, wrong ones are called by their cause."""

# ruff: noqa: E501  (each piece of source stands on one line)

from __future__ import annotations

import pytest

CROSS_ENTROPY, BINARY, SQUARED = "cross-entropy", "binary cross-entropy", "squared error"

RIGHT = {
    CROSS_ENTROPY: [
        "def cost(A2, Y, m): return -np.sum(np.eye(10)[Y.astype(int)].T * np.log(A2)) / m",
        "def cross_entropy(y_pred, y_true): return -np.mean(np.sum(y_true * np.log(y_pred + 1e-9), axis=1))",
        "def cross_entropy(y_true, y_pred): return -np.sum(y_true * np.log(y_pred)) / y_true.shape[0]",
        "def cross_entropy_error(y, t):\n    if y.ndim == 1:\n        t = t.reshape(1, t.size)\n        y = y.reshape(1, y.size)\n    return -np.sum(t * np.log(y + 1e-7)) / y.shape[0]",
        "def loss(p, y): return -np.log(p[range(len(y)), y]).mean()",
        "def compute_cost(AL, Y): return -np.sum(Y * np.log(AL)) / Y.shape[1]",
        "def compute_cost(AL, Y):\n    m = Y.shape[1]\n    return np.squeeze(-1 / m * np.sum(np.multiply(np.log(AL), Y)))",
        "def categorical_crossentropy(t, o): return -np.sum(t * np.log(np.clip(o, 1e-7, 1 - 1e-7)), axis=1)",
        "def nll(p, y):\n    total = 0\n    for i in range(len(y)):\n        total -= math.log(p[i][y[i]])\n    return total",
        "def cross_entropy(p, y): return -np.log(np.sum(p * y, axis=0)).mean()",
        "def cross_entropy(p, label): return -math.log(p[label])",
        "def loss(y, y_hat): return -np.sum(y * np.log2(y_hat)) / len(y)",
        "def cross_entropy(logits, y):\n    z = logits - logits.max(axis=1, keepdims=True)\n    return -np.mean((z - np.log(np.exp(z).sum(axis=1, keepdims=True)))[np.arange(len(y)), y])",
        "def cross_entropy(pred, y, smoothing=0.1):\n    y = (1 - smoothing) * y + smoothing / y.shape[1]\n    return -np.mean(np.sum(y * np.log(pred), axis=1))",
        "def cross_entropy(pred, y): return -np.mean(np.sum(y * np.log(pred + 0.001), axis=1))",
        "def compute_cost(A, Y, parameters, lambd):\n    m = Y.shape[1]\n    penalty = lambd / 2 / m * (np.sum(parameters['W1'] ** 2) + np.sum(parameters['W2'] ** 2))\n    return -np.sum(Y * np.log(A)) / m + penalty",
        "class Net:\n    def loss(self, y):\n        return -np.mean(np.sum(y * np.log(self.a2), axis=1)) + self.reg * np.sum(self.W1 ** 2)",
        "class Net:\n    def cost(self, y_hat, y): return -np.sum(y * np.log(y_hat)) / self.m\n",
        "def weighted_cross_entropy(y_pred, y_true, eps=1e-12): return -(y_true * np.log(y_pred + eps)).sum(axis=1).mean()",
        "class Loss_CategoricalCrossentropy:\n    def forward(self, y_pred, y_true):\n        p = np.clip(y_pred, 1e-7, 1 - 1e-7)\n        c = p[range(len(p)), y_true] if len(y_true.shape) == 1 else np.sum(p * y_true, axis=1)\n        return -np.log(c)",
        "def cross_entropy(y, p): return np.sum(np.where(y == 1, -np.log(p), 0)) / len(y)",
        "def log_likelihood(p, y): return np.sum(y * np.log(p))",
        "def cross_entropy(p, y): return np.sum(y * np.log(p))\ndef train(p, y): print(-cross_entropy(p, y))",
        "def cross_entropy(target, output): return -np.vdot(target, np.log(output))",
    ],
    BINARY: [
        "def bce(y, p): return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))",
        "def compute_cost(A2, Y):\n    m = Y.shape[1]\n    logprobs = np.multiply(np.log(A2), Y) + np.multiply(1 - Y, np.log(1 - A2))\n    return -1 / m * np.sum(logprobs)",
        "def compute_cost(AL, Y):\n    m = Y.shape[1]\n    return np.squeeze(-(np.dot(Y, np.log(AL).T) + np.dot(1 - Y, np.log(1 - AL).T)) / m) if m > 0 and Y.shape[0] == 1 else np.nan",
        "def binary_cross_entropy(pred, y): return np.mean(np.where(y == 1, -np.log(pred), -np.log(1 - pred)))",
        "def log_loss(y, p): return -(y * math.log(p) + (1 - y) * math.log(1 - p))",
        "def loss(a, y): return np.sum(np.nan_to_num(-y * np.log(a) - (1 - y) * np.log(1 - a)))",
        "def bce_with_logits(z, y): return np.mean(np.logaddexp(0, z) - y * z)",
        "def sigmoid_cross_entropy(z, y): return np.mean(np.log(1 + np.exp(z)) - y * z)",
    ],
    SQUARED: [
        "def mse(y_true, y_pred): return np.mean((y_true - y_pred) ** 2)",
        "def mse(y_true, y_pred): return np.mean(np.power(y_true - y_pred, 2))",
        "def cost(a, y): return 0.5 * np.linalg.norm(a - y) ** 2",
        "def sse(y, o): return np.sum(np.square(y - o))",
        "def loss(y, t): return 0.5 * np.sum((y - t) ** 2)",
        "def rmse(p, y): return np.sqrt(np.mean((p - y) ** 2))",
        "def mse(p, y): return ((p - y) ** 2).mean(axis=0)",
        "class MSE:\n    def forward(self, pred, y):\n        self.diff = pred - y\n        return np.mean(self.diff ** 2)",
        "def error(target, output): return sum(0.5 * (t - o) ** 2 for t, o in zip(target, output))",
        "def loss(name, p, y):\n    if name == 'mse':\n        return ((p - y) ** 2).mean()\n    return -np.mean(y * np.log(p))",
    ],
    "absolute error": ["def mae(p, y): return np.abs(p - y).mean()"],
}


@pytest.mark.parametrize(("kind", "source"), [(k, s) for k, texts in RIGHT.items() for s in texts])
def test_a_right_loss_is_never_called_wrong(found, kind, source):
    check = found(source, kind)
    assert check.verdict in ("ok", "fragile", "convention"), check


WRONG = {
    "loss-log-of-label": [
        (
            CROSS_ENTROPY,
            "def cross_entropy(y_pred, y_true): return -np.mean(np.sum(y_pred * np.log(y_true + 1e-9), axis=1))",
        ),
        (
            CROSS_ENTROPY,
            "def cross_entropy(y_true, y_pred): return -np.sum(y_true * np.log(y_true + 1e-9))",
        ),
        (
            BINARY,
            "def bce(p, y): return -np.mean(p * np.log(y + 1e-12) + (1 - p) * np.log(1 - y + 1e-12))",
        ),
        (
            CROSS_ENTROPY,
            "class Net:\n    def loss(self, y_hat, y): return -np.sum(y_hat * np.log(y + 1e-8)) / len(y)",
        ),
    ],
    "loss-ignores-labels": [
        (
            CROSS_ENTROPY,
            "def cross_entropy(y_pred, y_true): return -np.mean(np.sum(y_pred * np.log(y_pred), axis=1))",
        ),
        (CROSS_ENTROPY, "def cross_entropy_loss(probs, labels): return -np.mean(np.log(probs))"),
        (SQUARED, "def mse(y_pred, y_true): return np.mean(y_pred ** 2)"),
        (
            CROSS_ENTROPY,
            "def cross_entropy(probs, y):\n    n = len(y)\n    return -np.sum(np.log(probs.max(axis=1))) / n",
        ),
        (
            BINARY,
            "def compute_cost(A2, Y):\n    m = Y.shape[1]\n    return -np.sum(A2 * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m",
        ),
    ],
    "loss-sign": [
        (CROSS_ENTROPY, "def cross_entropy(p, y): return np.sum(y * np.log(p)) / len(y)"),
        (BINARY, "def compute_cost(A, Y): return np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))"),
        (SQUARED, "def mse(y_true, y_pred): return -np.mean((y_true - y_pred) ** 2)"),
        (CROSS_ENTROPY, "def loss(probs, y): return np.log(probs[np.arange(len(y)), y]).mean()"),
    ],
    "loss-second-term": [
        (BINARY, "def bce(y, p): return -np.mean(y * np.log(p) - (1 - y) * np.log(1 - p))"),
        (BINARY, "def bce(y, p): return -np.mean(y * np.log(p) + (1 - y) * np.log(p))"),
        (BINARY, "def binary_cross_entropy(p, y): return -np.mean(y * np.log(p))"),
        (
            BINARY,
            "def binary_crossentropy(y, p): return -(y * np.log(p) + (1 - y) * (1 - np.log(p))).mean()",
        ),
        (BINARY, "def log_loss(y, p): return -np.sum(y * np.log(p) + y * np.log(1 - p)) / y.size"),
        (
            BINARY,
            "def compute_cost(A2, Y):\n    m = Y.shape[1]\n    return -np.sum(Y * np.log(A2)) / m + np.sum((1 - Y) * np.log(1 - A2)) / m",
        ),
    ],
    "operator-precedence": [
        (SQUARED, "def mse(y_true, y_pred): return np.mean(y_true - y_pred) ** 2"),
        (SQUARED, "def mse(y_true, y_pred): return np.mean(y_true - y_pred ** 2)"),
        (SQUARED, "def cost(p, y):\n    m = len(y)\n    return 1 / 2 * m * np.sum((p - y) ** 2)"),
    ],
    "loss-formula": [
        (
            CROSS_ENTROPY,
            "def cross_entropy(y_pred, y_true): return -np.mean(np.sum(y_true * y_pred, axis=1))",
        ),
        (SQUARED, "def mse(y_true, y_pred): return np.mean(y_true - y_pred)"),
        (SQUARED, "def mse(p, y): return np.mean(p ** 2 - y ** 2)"),
    ],
}


@pytest.mark.parametrize(
    ("cause", "kind", "source"), [(c, k, s) for c, cases in WRONG.items() for k, s in cases]
)
def test_a_wrong_loss_is_called_by_its_cause(found, cause, kind, source):
    check = found(source, kind)
    assert (check.verdict, check.causes) == ("wrong", (cause,))
    assert check.evidence


@pytest.mark.parametrize(
    "source",
    [
        "def cross_entropy(p, y): return np.mean((y - p) ** 2)",
        "class Net:\n    def loss(self, y, p):\n        if self.kind == 'binary':\n            return np.sum((y - p) ** 2) / len(y)\n        return -np.sum(y * np.log(p + 1e-9)) / len(y)\n    def __init__(self, kind='categorical'): self.kind = kind",
        "def out_cross_entropy(z, y):\n    e = np.exp(z - z.max(axis=1, keepdims=True))\n    p = e / e.sum(axis=1, keepdims=True)\n    return p, np.mean((y - p) ** 2), (p - y) / len(y)",
    ],
)
def test_squares_under_the_name_of_a_logarithm_are_another_loss(found, source):
    check = found(source, SQUARED)
    assert (check.verdict, check.causes) == ("convention", ("loss-not-the-one-optimised",))


def test_a_loss_of_one_hot_labels_has_no_second_term(found):
    source = "def loss(p, y): return -np.sum(y * np.log(p + 1e-9)) / len(y)\n"
    decides = "def predict(p): return p > 0.5\n"
    of_classes = found(f"{source}{decides}def prepare(y): return np.eye(3)[y]", CROSS_ENTROPY)
    assert of_classes.causes == ()
    assert found(source + decides, BINARY).causes == ("loss-second-term",)


@pytest.mark.parametrize(
    "source",
    [
        "def cross_entropy(p, y): return -np.mean(np.sum(y * np.log(p), axis=1))",
        "def loss(p, y): return -np.log(p[range(len(y)), y]).mean()",
        "def compute_cost(A, Y): return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))",
        "def bce(y, p): return -(y * math.log(p) + (1 - y) * math.log(1 - p))",
    ],
)
def test_a_logarithm_of_zero_is_fragile(judged, source):
    (check,) = judged(source)
    assert (check.verdict, check.causes) == ("fragile", ("loss-log-of-zero",))
    assert "a logarithm of 0" in check.evidence


@pytest.mark.parametrize(
    ("source", "convention"),
    [
        ("def mse(y, p): return np.mean((y - p) ** 2)", "mean"),
        ("def sse(y, p): return np.sum((y - p) ** 2)", "sum, rows"),
        (
            "def cost(y, p): return 0.5 * np.sum((y - p) ** 2) / len(y)",
            "half the mean over samples",
        ),
        ("def cross_entropy(p, y): return -np.mean(y * np.log(p + 1e-9))", "mean over all numbers"),
        (
            "def cross_entropy(p, y): return -np.sum(y * np.log2(p + 1e-9)) / len(y)",
            "mean over samples, in base 2",
        ),
        (
            "def loss(p, y): return -np.log(p[range(len(y)), y] + 1e-9).mean()",
            "mean over samples, rows, class numbers",
        ),
        (
            "def compute_cost(A, Y): return -np.sum(Y * np.log(A + 1e-9)) / Y.shape[1]",
            "mean over samples, columns",
        ),
    ],
)
def test_the_convention_of_a_loss_is_told(judged, source, convention):
    (check,) = judged(source)
    assert check.convention.startswith(convention)
    assert check.verdict in ("ok", "convention")


def test_the_evidence_is_a_call_that_a_person_can_repeat(found):
    check = found("def mse(y_true, y_pred): return np.mean(y_true - y_pred) ** 2", SQUARED)
    assert check.evidence.startswith("mse([[1], [0]], [[0.8], [0.4]]) is 0.01, right is 0.1.")


@pytest.mark.parametrize(
    "source",
    [
        "def error(y, output): return y - output",
        "def compute_loss(X, y, W1, W2): return np.mean((X @ W1 @ W2 - y) ** 2)",
        "def plot_loss(losses, title): return None",
        "def loss_history(a, b): return a + b",
        "def total_error(errors): return sum(errors)",
    ],
)
def test_what_is_no_loss_of_labels_and_probabilities_is_not_reported(judged, source):
    assert judged(source) == []


def test_swapped_names_are_no_mistake_where_the_calls_swap_them_too(found):
    source = (
        "def cross_entropy(y_pred, y_true): return -np.sum(y_pred * np.log(y_true)) / len(y_true)\n"
        "def train(labels, probs): return cross_entropy(labels, probs)"
    )
    assert found(source, CROSS_ENTROPY).verdict == "fragile"


SLOPES = {
    (SQUARED, "ok"): [
        "def mse_prime(y_true, y_pred): return 2 * (y_pred - y_true) / np.size(y_true)",
        "def cost_derivative(self, output_activations, y): return output_activations - y".replace(
            "self, ", ""
        ),
        "class MSE:\n    def forward(self, p, y): return np.mean((p - y) ** 2)\n    def backward(self, p, y):\n        self.dinputs = 2 * (p - y) / p.size",
    ],
    (SQUARED, "convention"): ["def mse_derivative(y, p): return y - p"],
    (CROSS_ENTROPY, "ok"): [
        "def cross_entropy_derivative(y_pred, y_true): return -y_true / (y_pred + 1e-12)",
        "def cross_entropy_prime(p, y): return p - y",
        "class Loss_CategoricalCrossentropy:\n    def backward(self, dvalues, y_true):\n        if len(y_true.shape) == 1:\n            y_true = np.eye(dvalues.shape[1])[y_true]\n        self.dinputs = -y_true / dvalues / len(dvalues)",
    ],
    (BINARY, "ok"): ["def bce_derivative(y, p): return -(y / p) + (1 - y) / (1 - p)"],
    (SQUARED, "wrong"): ["def mse_prime(y_true, y_pred): return (y_pred - y_true) ** 2"],
    (CROSS_ENTROPY, "wrong"): ["def cross_entropy_derivative(p, y): return -y * np.log(p)"],
    (BINARY, "wrong"): ["def bce_derivative(y, p): return -(y / p) - (1 - y) / (1 - p)"],
}


@pytest.mark.parametrize(
    ("kind", "verdict", "source"), [(k, v, s) for (k, v), texts in SLOPES.items() for s in texts]
)
def test_the_derivative_of_a_loss_is_judged_up_to_its_factor(found, kind, verdict, source):
    kinds = {"loss derivative"} if "cost_derivative" in source else {f"{kind} derivative"}
    check = found(source, kinds.pop())
    assert check.verdict == verdict
    assert check.causes == (("derivative-formula",) if verdict == "wrong" else ())


@pytest.mark.parametrize(
    ("body", "ignores"),
    [
        ("    return -np.log(p[range(len(p)), y]).sum()", False),
        ("    return -np.log(p.max(axis=1)).sum()", True),
        ("    return -np.log(np.max(p, axis=1) + 1e-9).mean()", True),
        (
            "    z = p - p.max(axis=1, keepdims=True)\n    return z - np.log(np.exp(z).sum(axis=1))",
            False,
        ),
    ],
)
def test_the_logarithm_of_the_largest_looks_at_no_label(judged, body, ignores):
    source = f"def f(w, x): return w @ x\ndef l(w, x, y):\n    p = f(w, x)\n{body}\n"
    causes = [cause for check in judged(source) for cause in check.causes]
    assert ("loss-ignores-labels" in causes) == ignores


def test_a_loss_that_takes_a_whole_model_and_reads_no_label_ignores_them(judged):
    source = """
    def calculate_loss(model, X, y):
        probs = predict(model, X)
        correct_logprobs = -np.log({picked})
        return np.sum(correct_logprobs) / len(X) + model['reg']
    """
    for picked, ignores in (("probs[range(len(X)), y]", False), ("probs[:, 0]", True)):
        found = judged(source.replace("{picked}", picked))
        assert ("loss-ignores-labels" in [c for one in found for c in one.causes]) == ignores
