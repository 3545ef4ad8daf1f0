"""Labels, decisions and starting weights: right ones are left alone, wrong ones named."""

# ruff: noqa: E501  (each piece of source stands on one line)

from __future__ import annotations

import pytest

ROW_SOFTMAX = (
    "def softmax(z):\n    e = np.exp(z - z.max(axis=1, keepdims=True))\n"
    "    return e / e.sum(axis=1, keepdims=True)\n"
    "def gradient(X, d): return X.T @ d\n"
)
COLUMN_SOFTMAX = (
    "def softmax(z):\n    e = np.exp(z - z.max(axis=0))\n    return e / e.sum(axis=0)\n"
    "def gradient(A1, d): return d @ A1.T\n"
)

BINARY = (
    "def sigmoid(z): return 1 / (1 + np.exp(-z))\n"
    "def bce(y, p): return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))\n"
)

ONE_HOT = {
    "rows": [
        "def one_hot(y, num_classes):\n    out = np.zeros((len(y), num_classes))\n    out[np.arange(len(y)), y] = 1\n    return out",
        "def one_hot_encode(labels, k): return np.eye(k)[labels]",
        "def onehot(y, n_classes=4): return (y.reshape(-1, 1) == np.arange(n_classes)).astype(int)",
        "def to_categorical(y, num_classes):\n    return np.array([[1 if c == label else 0 for c in range(num_classes)] for label in y])",
        "class Net:\n    def _one_hot(self, y): return np.eye(self.n_classes)[y]",
    ],
    "columns": [
        "def one_hot(Y, n=10): return np.eye(n)[Y].T",
        "def one_hot(k, y):\n    m = np.zeros((k, y.size))\n    m[y, np.arange(y.size)] = 1\n    return m",
    ],
    "one label": [
        "def vectorized_result(j):\n    e = np.zeros((10, 1))\n    e[j] = 1.0\n    return e",
    ],
}


@pytest.mark.parametrize(
    ("layout", "source"), [(k, s) for k, texts in ONE_HOT.items() for s in texts]
)
def test_a_right_one_hot_is_ok_and_its_layout_is_told(found, layout, source):
    check = found(source, "one-hot")
    assert (check.verdict, check.convention) == ("ok", layout)


@pytest.mark.parametrize(
    "source",
    [
        "def one_hot(Y):\n    m = np.zeros((Y.size, Y.max() + 1))\n    m[np.arange(Y.size), Y] = 1\n    return m.T",
        "def one_hot(y): return np.eye(len(np.unique(y)))[y]",
        "def one_hot(y, num_classes): return np.eye(np.max(y) + 1)[y]",
        "def one_hot(y):\n    return np.array([[float(v == c) for c in range(max(y) + 1)] for v in y])",
    ],
)
def test_a_width_that_depends_on_the_labels_at_hand_is_fragile(found, source):
    check = found(source, "one-hot")
    assert (check.verdict, check.causes) == ("fragile", ("one-hot-width",))


LOSS = "def loss(p, y): return -np.log(p[np.arange(len(y)), y] + 1e-9).mean()\n"
ACCURACY = "def accuracy(p, y): return np.mean(np.argmax(p, axis=1) == y)\n"


@pytest.mark.parametrize(
    "source",
    [
        LOSS + "def one_hot(y, k): return np.eye(k)[y - 1]",
        ACCURACY
        + "def one_hot(y, k):\n    m = np.zeros((len(y), k))\n    m[np.arange(len(y)), y - 1] = 1\n    return m",
        "def one_hot(y, k):\n    m = np.zeros((len(y), k))\n    m[np.arange(len(y)), y + 1] = 1\n    return m",
        "def one_hot(y, k): return np.eye(k)[y - 1]\n"
        "def accuracy(X, labels): return np.mean(predict(X) == labels[:9])",
        "def one_hot(y, k): return np.eye(k)[y - 1]\n"
        "def read(df): return one_hot(pd.factorize(df['class'])[0], 3)",
    ],
)
def test_ones_beside_their_labels_are_wrong(found, source):
    check = found(source, "one-hot")
    assert (check.verdict, check.causes) == ("wrong", ("labels-shifted",))


@pytest.mark.parametrize(
    "source",
    [
        "def one_hot(y, k): return np.eye(k)[y - 1]",
        "def predict(p): return np.argmax(p, axis=1) + 1\ndef one_hot(y, k): return np.eye(k)[y - 1]",
    ],
)
def test_labels_that_may_count_from_one_are_a_convention(found, source):
    assert found(source, "one-hot").verdict == "convention"


DECISIONS = {
    "argmax-axis": [
        ROW_SOFTMAX + "def predict(X, W): return np.argmax(softmax(X @ W), axis=0)",
        ROW_SOFTMAX
        + "class Net:\n    def predict(self, X):\n        return self.forward(X).argmax(0)",
        COLUMN_SOFTMAX + "def get_predictions(A2): return np.argmax(A2, axis=1)",
        ROW_SOFTMAX + "def accuracy(probs, y): return np.mean(np.argmax(probs) == y)",
        "def gradient(X, dZ): return X.T @ dZ, dZ.sum(axis=0)\n"
        "def predict(net, X): return np.argmax(net.forward(X), axis=0)",
        ROW_SOFTMAX + "probs = softmax(np.eye(3))\nprint(np.argmax(probs, axis=0))",
    ],
    "threshold-for-classes": [
        ROW_SOFTMAX + "def predict(X, W): return (softmax(X @ W) > 0.5).astype(int)",
        COLUMN_SOFTMAX + "def get_predictions(A2): return A2 > 0.5",
        ROW_SOFTMAX + "def predict(net, X): return (net.forward(X)[-1] > 0.5).astype(int)",
        "def accuracy(net, X, Y): return np.mean(net.predict(X) == Y.argmax(axis=1))\n"
        "def predict(net, X): return (net.forward(X) > 0.5).astype(int)",
        "class Net:\n    def evaluate(self, X, Y):\n        p = self.forward(X)\n        return np.mean((p > 0.5).astype(int) == Y.argmax(axis=1))",
        "def prepare(): return LabelBinarizer().fit_transform(load_iris().target)\ndef predict(x): return (forward(x) > 0.5).astype(int)",
        BINARY
        + "def one_hot(y, k):\n    Y = np.zeros((len(y), k))\n    Y[np.arange(len(y)), y - 1] = 1\n    return Y\n"
        "def predict(X, W):\n    h = sigmoid(X @ W)\n    return (h > 0.5) + 1\ndef accuracy(X, W, y): return np.mean(predict(X, W) == y)",
    ],
}


@pytest.mark.parametrize(
    ("cause", "source"), [(c, s) for c, texts in DECISIONS.items() for s in texts]
)
def test_a_wrong_decision_is_called_by_its_cause(found, cause, source):
    check = found(source, "prediction")
    assert (check.verdict, check.causes) == ("wrong", (cause,))


def test_a_wrong_decision_has_the_line_that_it_stands_in(found):
    decision = "def predict(X, W):\n    p = softmax(X @ W)\n    return np.argmax(p, axis=0)\n"
    check = found(decision + ROW_SOFTMAX, "prediction")
    assert (check.name, check.line) == ("predict", 5)


@pytest.mark.parametrize(
    "source",
    [
        ROW_SOFTMAX + ACCURACY,
        COLUMN_SOFTMAX + "def get_predictions(A2): return np.argmax(A2, 0)",
        COLUMN_SOFTMAX + "def predict(X, W): return np.argmax(softmax(W @ X).T, axis=1)",
        COLUMN_SOFTMAX
        + "def accuracy(A, Y): return np.mean(np.argmax(A, axis=0) == np.argmax(Y, axis=1))",
        ROW_SOFTMAX + "def predict(x, W): return np.argmax(softmax(x @ W))",
        ROW_SOFTMAX
        + "def evaluate(net, data): return sum(int(np.argmax(net.forward(x)) == y) for x, y in data)",
        ROW_SOFTMAX + "def predict(p): return p[:, 1] > 0.5",
        ROW_SOFTMAX + "def predict(net, X):\n    p = net.forward(X)[:, 1]\n    return p > 0.5",
        ROW_SOFTMAX
        + "def accuracy(net, X, Y): return np.mean((net.forward(X)[:, 1] > 0.5) == Y.argmax(axis=1))",
        "def predict(net, X): return net.forward(X) > 0.5\nbest = np.argmax([0.5, 0.7])",
        "def sigmoid(z): return 1 / (1 + np.exp(-z))\ndef predict(X, W): return sigmoid(X @ W) > 0.5",
        "def prepare(): return LabelBinarizer().fit_transform(load_breast_cancer().target)\ndef predict(x): return forward(x) > 0.5",
        BINARY
        + "def prepare(y): return np.eye(4)[y]\ndef predict(X, W): return sigmoid(X @ W) > 0.5\n"
        "def accuracy(X, W, Y): return np.mean(predict(X, W) == Y)",
        ROW_SOFTMAX
        + COLUMN_SOFTMAX.replace("softmax", "column_softmax")
        + "def predict(p): return np.argmax(p, axis=0)",
    ],
)
def test_right_decisions_are_left_alone(judged, source):
    assert not [check for check in judged(source) if check.verdict == "wrong"]


@pytest.mark.parametrize(
    "source",
    [
        "def init_params(n_x, n_h, n_y):\n    W1 = np.zeros((n_h, n_x))\n    b1 = np.zeros((n_h, 1))\n    W2 = np.zeros((n_y, n_h))\n    return W1, b1, W2",
        "class Net:\n    def __init__(self, sizes):\n        self.weights = [np.full((a, b), 0.1) for a, b in zip(sizes, sizes[1:])]",
        "class Dense:\n    def __init__(self, n_in, n_out):\n        self.weights = np.zeros((n_in, n_out))\nlayers = [Dense(2, 5), Dense(5, 3)]",
        "def randInitializeWeights(L_in, L_out): return np.zeros((L_out, 1 + L_in))\nTheta1 = randInitializeWeights(4, 5)\nTheta2 = randInitializeWeights(5, 3)",
        "def initialize(dims):\n    p = {}\n    for l in range(1, len(dims)):\n        p['W' + str(l)] = np.ones((dims[l], dims[l - 1]))\n    return p",
        "syn0 = np.zeros((2, 4))\nsyn1 = np.zeros((4, 1))\nfor i in range(0):\n    h = np.tanh(np.eye(2) @ syn0)",
        "def start(x, h):\n    p = {'W1': np.zeros((x, h)), 'b1': np.zeros(h), 'W2': np.zeros((h, 1))}\n    return p",
        "def start(sizes):\n    return [(np.zeros((m, n)), np.zeros(n)) for m, n in zip(sizes, sizes[1:])]",
        "class Dense:\n    def __init__(self, a, b):\n        self.w = list(np.zeros((a, b)))\nlayers = [Dense(a, 3) for a in (2, 3)]",
        "def forward(x, A, B):\n    return np.tanh(x @ A) @ B\ndef start(a, b):\n    A, B = np.zeros((a, b)), np.zeros((b, 2))\n    return A, B",
    ],
)
def test_weights_that_all_start_equal_are_wrong(found, source):
    assert found(source, "initialisation").causes == ("zero-init",)


def test_equal_weights_have_the_line_that_makes_them(found):
    source = "def start(a, b):\n    c = 2\n    A, B = np.ones((a, b)), np.ones((b, c))\n"
    used = "def forward(x, A, B):\n    return np.tanh(x @ A) @ B\n"
    check = found(source + used, "initialisation")
    assert (check.name, check.line) == ("start", 5)


@pytest.mark.parametrize(
    "source",
    [
        "def init(n, h, k):\n    W1 = np.random.randn(n, h)\n    b1 = np.zeros((1, h))\n    W2 = np.zeros((h, k))\n    return W1, b1, W2",
        "def init(n, k):\n    W = np.zeros((n, k))\n    b = np.zeros((1, k))\n    return W, b",
        "class Net:\n    def __init__(self, n, h, k):\n        self.W1 = np.zeros((n, h))\n        self.W2 = np.zeros((h, k))\n    def reset(self):\n        self.W1 = np.random.randn(*self.W1.shape)",
        "class Net:\n    def __init__(self, n, h, k):\n        self.W1 = np.zeros((n, h))\n        self.W2 = np.zeros((h, k))\n    def read(self, file):\n        self.W1 = np.load(file)",
        "class SoftmaxRegression:\n    def __init__(self, n, k):\n        self.W = np.zeros((n, k))\na = SoftmaxRegression(2, 3)\nb = SoftmaxRegression(4, 3)",
        "W1 = np.zeros((2, 3))\nW2 = np.zeros((3, 1))\nfor i in range(2):\n    for j in range(3):\n        W1[i][j] = np.random.uniform(-1, 1)",
        "def fill(file):\n    W1, W2 = np.zeros((2, 3)), np.zeros((3, 1))\n    with open(file) as f:\n        W1[:], W2[:] = load_weights(f)\n    return W1, W2",
        "def backward(a, b):\n    dW1 = np.zeros((a, b))\n    dW2 = np.zeros((b, 2))\n    return dW1, dW2",
        "def adam(a, b):\n    vW1 = np.zeros((a, b))\n    mW2 = np.zeros((b, a))\n    return vW1, mW2",
        "def init(n, h):\n    W1 = np.zeros((n, h))\n    W2 = np.zeros((h, n))\n    for W in (W1, W2):\n        W[:] = np.random.normal(size=W.shape)\n    return W1, W2",
        "class Net:\n    def __init__(self, *sizes):\n        self.weights = [np.zeros((a, b)) for a, b in zip(sizes, sizes[1:])]\n    def reset(self):\n        for w in self.weights:\n            Z = np.random.random(w.shape)\n            w[...] = 2 * Z - 1",
        "def init(n_in, n_out): return np.random.randn(n_in, n_out) * np.sqrt(2 / (n_in + n_out))",
        "def norm(x, var, eps): return x / np.sqrt(1 / var + eps)",
    ],
)
def test_other_starts_are_left_alone(judged, source):
    assert judged(source) == []


def test_a_scale_without_its_parentheses_binds_another_way(found):
    source = (
        "def init(n_in, n_out): return np.random.randn(n_in, n_out) * np.sqrt(2 / n_in + n_out)"
    )
    assert found(source, "initialisation").causes == ("operator-precedence",)


LISTS = [
    "def sigmoid(z): return (1 / (1 + np.exp(-z))).tolist()\ndef slope(z): return sigmoid(z) * (1 - sigmoid(z))",
    "def relu(z): return np.maximum(0, z).tolist()\ndef forward(z):\n    A1 = relu(z)\n    return A1\ndef backward(A1, d): return A1.T @ d",
    ROW_SOFTMAX.replace(
        "e / e.sum(axis=1, keepdims=True)", "(e / e.sum(axis=1, keepdims=True)).tolist()"
    )
    + "def loss(z, y):\n    p = softmax(z)\n    return -np.log(p[np.arange(len(y)), y]).mean()",
]


@pytest.mark.parametrize("source", LISTS)
def test_a_list_with_which_the_file_computes_is_wrong(judged, source):
    assert any(check.causes[:1] == ("list-not-array",) for check in judged(source))


def test_a_list_that_is_used_as_one_is_left_alone(judged):
    source = (
        "def relu(z): return [max(0.0, v) for v in z]\n"
        "def forward(W, x): return [sum(w * v for w, v in zip(row, relu(x))) for row in W]"
    )
    assert [check.verdict for check in judged(source)] == ["ok"]
