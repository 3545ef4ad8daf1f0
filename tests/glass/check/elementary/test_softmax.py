"""Softmax: over rows, columns or one vector, as the file has its samples, and with large numbers."""

# ruff: noqa: E501  (each piece of source stands on one line)

from __future__ import annotations

import pytest

ROWS = "def backward(X, Y, A):\n    m = X.shape[0]\n    db2 = np.sum(A - Y, axis=0, keepdims=True) / m\n    return db2\n"
COLUMNS = "def backward(X, Y, A):\n    m = X.shape[1]\n    db2 = np.sum(A - Y, axis=1, keepdims=True) / m\n    return db2\n"
RANGE = "def loss(p, y): return -np.log(p[range(len(y)), y]).mean()\n"
SINGLE = "def train(X, Y):\n    for x, y in zip(X, Y):\n        W = np.outer(x, y)\n"

RIGHT = {
    "rows": [
        "def softmax(z):\n    e = np.exp(z - np.max(z, axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True)",
        "def softmax(z): return np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True)",
        "def softmax(x):\n    x = x - x.max(axis=-1)[..., None]\n    e = np.exp(x)\n    return e / e.sum(-1)[..., None]",
        "def softmax(Z): return np.array([np.exp(r) / sum(np.exp(r)) for r in Z])",
        "def softmax(Z): return [[math.exp(v) / sum(math.exp(w) for w in r) for v in r] for r in Z]",
        "def softmax(z, axis=1):\n    e = np.exp(z - z.max(axis=axis, keepdims=True))\n    return e / e.sum(axis=axis, keepdims=True)",
        "def softmax(z, temperature=1.0):\n    e = np.exp(z / temperature)\n    return e / e.sum(axis=1, keepdims=True)",
        "def softmax(z): return (np.exp(z).T / np.exp(z).sum(axis=1)).T",
        "def softmax(z):\n    e = np.exp(z - np.max(z))\n    return e / (e.sum(axis=1, keepdims=True) + 1e-9)",
        "def softmax(z): return np.exp(z - np.log(np.sum(np.exp(z), axis=1, keepdims=True)))",
        "class Softmax:\n    def forward(self, x):\n        e = np.exp(x - x.max(axis=1, keepdims=True))\n        self.output = e / e.sum(axis=1, keepdims=True)",
        "class Net:\n    def __softmax(self, z):\n        return np.exp(z) / np.exp(z).sum(axis=1).reshape(-1, 1)",
        "def softmax(Z):\n    A = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)\n    return A, Z",
        "def act(z, kind):\n    if kind == 'softmax':\n        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\n    return np.maximum(0, z)",
        "def softmax(x): return np.exp(np.clip(x, -500, 500)) / np.exp(np.clip(x, -500, 500)).sum(1, keepdims=True)",
        ROWS + "def softmax(z): return np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)",
    ],
    "columns": [
        "def softmax(Z): return np.exp(Z) / np.sum(np.exp(Z), axis=0)",
        "def softmax(Z):\n    A = np.exp(Z) / sum(np.exp(Z))\n    return A",
        "def softmax(Z):\n    e = np.exp(Z - np.max(Z, axis=0, keepdims=True))\n    return e / np.sum(e, axis=0, keepdims=True)",
        COLUMNS
        + "def softmax(Z): return np.exp(Z - np.max(Z)) / np.sum(np.exp(Z - np.max(Z)), axis=0)",
    ],
    "one vector": [
        "def softmax(z): return np.exp(z) / np.sum(np.exp(z))",
        "def softmax(x):\n    e = np.exp(x - np.max(x))\n    return e / e.sum()",
        SINGLE + "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()",
        ROWS + SINGLE + "def softmax(z): return np.exp(z) / np.sum(np.exp(z))",
        "def softmax(z):\n    total = sum(math.exp(v) for v in z)\n    return [math.exp(v) / total for v in z]",
        "def forward(X): return np.apply_along_axis(softmax, 1, X)\ndef loss(p): return p.argmax(axis=1)\n"
        "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()",
    ],
}


@pytest.mark.parametrize(
    ("layout", "source"), [(k, s) for k, texts in RIGHT.items() for s in texts]
)
def test_a_right_softmax_is_never_called_wrong_and_its_layout_is_told(found, layout, source):
    check = found(source, "softmax")
    assert check.verdict in ("ok", "fragile", "convention")
    assert check.convention == layout


WRONG = {
    "softmax-whole-matrix": [
        ROWS + "def softmax(z): return np.exp(z) / np.sum(np.exp(z))",
        COLUMNS + "def softmax(z):\n    e = np.exp(z - np.max(z))\n    return e / e.sum()",
        RANGE + "class Net:\n    def softmax(self, z):\n        e = np.exp(z - z.max())\n        return e / np.sum(e)",
        "def softmax(z):\n    e = np.exp(z - np.max(z, axis=1, keepdims=True))\n    return e / np.sum(e)",
    ],
    "softmax-axis": [
        ROWS + "def softmax(z):\n    e = np.exp(z - z.max(1, keepdims=True))\n    return e / e.sum(0, keepdims=True)",
        COLUMNS + "def softmax(z):\n    e = np.exp(z - z.max(0))\n    return e / e.sum(1, keepdims=True)",
        "class CE:\n    def __call__(self, z, y):\n        s = z - z.max(1, keepdims=True)\n        self.p = np.exp(s) / np.exp(s).sum(0, keepdims=True)\n        return -np.log(self.p[np.arange(len(y)), y]).mean()",
        ROWS + "def softmax(z): return np.exp(z) / np.sum(np.exp(z), axis=0)",
        COLUMNS + "def softmax(z): return np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)",
        ROWS + "def softmax(z): return np.exp(z) / np.sum(np.exp(z), axis=1)",
        RANGE + "class Softmax:\n    def forward(self, x):\n        e = np.exp(x - x.max(axis=0))\n        self.out = e / e.sum(axis=0)\n        return self.out",
    ],
    "softmax-alters-logits": [
        COLUMNS + "def softmax(z):\n    e = np.exp(z - z.max(1, keepdims=True))\n    return e / e.sum(0, keepdims=True)",
        "def softmax(z):\n    z = np.clip(z, -1, 1)\n    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)",
        "def softmax(z):\n    e = np.exp(z / np.max(z, axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True)",
        "def softmax(z):\n    e = np.exp(z - np.max(z, axis=0))\n    return e / e.sum(axis=1, keepdims=True)",
        "def softmax(Z):\n    Z = np.maximum(Z, 0)\n    return np.exp(Z) / np.exp(Z).sum(axis=0)",
        "def softmax(z):\n    s = 1 / (1 + np.exp(-z))\n    return s / s.sum(axis=1, keepdims=True)",
    ],
    "activation-formula": [
        "def softmax(z): return np.exp(z) / np.sum(z, axis=1, keepdims=True)",
        "def softmax(z): return np.exp(-z) / np.sum(np.exp(-z), axis=1, keepdims=True)",
        "def softmax(z): return np.exp(z - np.max(z))",
        "class Net:\n    def softmax(self, z):\n        return np.exp(z - z.max()) / np.exp(z).sum(axis=1, keepdims=True)",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("cause", "source"), [(c, s) for c, texts in WRONG.items() for s in texts])
def test_a_wrong_softmax_is_called_by_its_cause(found, cause, source):
    check = found(source, "softmax")
    assert (check.verdict, check.causes) == ("wrong", (cause,))
    assert check.evidence


def test_the_evidence_of_a_whole_matrix_tells_a_cell_and_the_sums(found):
    check = found(ROWS + "def softmax(z): return np.exp(z) / np.sum(np.exp(z))", "softmax")
    assert "softmax([[1, 2, 3], [1, 4, 2]])[0, 0] is" in check.evidence
    assert "right is 0.09003" in check.evidence
    assert "Its rows sum to 0.3182, 0.6818." in check.evidence


@pytest.mark.parametrize(
    "source",
    [
        "def softmax(z): return np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)",
        "def softmax(Z): return np.exp(Z) / np.sum(np.exp(Z), axis=0)",
        "def softmax(z):\n    e = np.exp(z - np.max(z))\n    return e / e.sum(axis=1, keepdims=True)",
        SINGLE + "def softmax(z): return [math.exp(v) / sum(math.exp(w) for w in z) for v in z]",
    ],
)
def test_one_that_overflows_is_fragile(found, source):
    check = found(source, "softmax")
    assert (check.verdict, check.causes) == ("fragile", ("softmax-unstable",))


def test_one_that_overwrites_its_logits_is_fragile(found):
    source = "def softmax(z):\n    z -= z.max(axis=1, keepdims=True)\n    e = np.exp(z)\n    return e / e.sum(axis=1, keepdims=True)"
    check = found(source, "softmax")
    assert (check.verdict, check.causes) == ("fragile", ("overwrites-argument",))


def test_a_list_divided_by_a_number_is_no_array(found):
    source = "def softmax(z):\n    e = [math.exp(v) for v in z]\n    return e / sum(e)"
    assert found(source, "softmax").causes == ("list-not-array",)


def test_log_softmax_is_judged_by_its_exponential(found):
    source = "def log_softmax(z):\n    z = z - z.max(axis=1, keepdims=True)\n    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))"
    check = found(source, "log-softmax")
    assert (check.verdict, check.convention) == ("ok", "rows")


SLOPES = {
    "ok": [
        "def softmax_derivative(p): return np.diag(p) - np.outer(p, p)",
        "def softmax_prime(z):\n    p = np.exp(z) / np.exp(z).sum()\n    s = p.reshape(-1, 1)\n    return np.diagflat(s) - s @ s.T",
        "class Softmax:\n    def forward(self, x):\n        e = np.exp(x - x.max())\n        self.out = e / e.sum()\n        return self.out\n"
        "    def backward(self, g, lr):\n        n = np.size(self.out)\n        return ((np.identity(n) - self.out.T) * self.out) @ g",
    ],
    "convention": [
        "def softmax_derivative(p): return p * (1 - p)",
        "def softmax_backward(dA, z):\n    e = np.exp(z - z.max())\n    p = e / e.sum()\n    return dA * p * (1 - p)",
    ],
    "cannot tell": ["def softmax_derivative(p): return p * (1 + p)"],
}


@pytest.mark.parametrize(
    ("verdict", "source"), [(v, s) for v, texts in SLOPES.items() for s in texts]
)
def test_a_softmax_derivative_is_never_wrong_by_itself(found, verdict, source):
    assert found(source, "softmax derivative").verdict == verdict
