"""Activations: every right spelling is left alone, and each wrong one is called by its cause."""

# ruff: noqa: E501  (each piece of source stands on one line)

from __future__ import annotations

import pytest

RIGHT = {
    "sigmoid": [
        "def sigmoid(x): return 1 / (1 + np.exp(-x))",
        "def sigmoid(x): return 1.0 / (1.0 + np.e ** -x)",
        "def sigmoid(x): return np.exp(x) / (np.exp(x) + 1)",
        "def Sigmoid(Z): return np.power(1 + np.exp(-Z), -1)",
        "def sigmoid(x): return 1 / (1 + math.exp(-x))",
        "sigmoid = lambda t: 1 / (1 + np.exp(-t))",
        "def sigmoid(x): return 0.5 * (1 + np.tanh(x / 2))",
        "def sigmoid(x): return 1 / (1 + np.exp(-np.clip(x, -500, 500)))",
        "def sigmoid(x): return np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))",
        "def sigmoid(Z):\n    A = 1 / (1 + np.exp(-Z))\n    return A, Z",
        "def logistic(x, k=2.0): return 1 / (1 + np.exp(-k * x))",
        "def sigmoide(x):\n    return [1 / (1 + math.exp(-v)) for v in x]",
        "class Net:\n    def __sigmoid(self, x): return 1 / (1 + np.exp(-x))",
        "class Net:\n    @staticmethod\n    def sigmoid(x): return 1 / (1 + np.exp(-x))",
        "class Net:\n    def sigmoid(x): return 1 / (1 + np.exp(-x))",
        "class Sigmoid:\n    def __call__(self, z): return 1 / (1 + np.exp(-z))",
        "class Sigmoid:\n    def forward(self, z):\n        self.output = 1 / (1 + np.exp(-z))",
        "def nonlin(x, deriv=False):\n    if deriv: return x * (1 - x)\n    return 1 / (1 + np.exp(-x))",
        "def activation(z, kind='tanh'):\n    if kind == 'sigmoid': return 1 / (1 + np.exp(-z))\n"
        "    return np.tanh(z)",
    ],
    "tanh": [
        "def tanh(x): return np.tanh(x)",
        "def tanh(x): return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))",
        "def tanh(x): return 2 / (1 + np.exp(-2 * x)) - 1",
        "def tanh(x): return 1.7159 * np.tanh(2 / 3 * x)",
        "def sigmoid(x): return math.tanh(x)",
        "def TanH(x): return np.sinh(x) / np.cosh(x)",
        "class Activation:\n    def __init__(self, f): self.f = f\n"
        "    def forward(self, x): return self.f(x)\n"
        "class Tanh(Activation):\n    def __init__(self): super().__init__(np.tanh)",
    ],
    "relu": [
        "def relu(x): return np.maximum(0, x)",
        "def ReLU(Z): return Z * (Z > 0)",
        "def relu(x): return max(0, x)",
        "def relu(x): return x if x > 0 else 0.0",
        "def relu(x): return (x + np.abs(x)) / 2",
        "def relu(x): return np.where(x > 0, x, 0)",
        "def relu(x):\n    y = x.copy()\n    y[y < 0] = 0\n    return y",
        "relu = np.vectorize(lambda v: max(0.0, v))\ndef re_lu(z): return relu(z)",
        "def relu(x):\n    return np.array([[max(0, v) for v in row] for row in x])",
        "def rectifier(x): return np.clip(x, 0, None)",
    ],
    "leaky relu": [
        "def leaky_relu(x): return np.maximum(0.01 * x, x)",
        "def leakyReLU(x, alpha=0.2): return np.where(x > 0, x, alpha * x)",
        "def lrelu(x, alpha): return np.where(x > 0, x, x * alpha)",
        "class LeakyReLU:\n    def __init__(self, alpha=0.3): self.alpha = alpha\n"
        "    def forward(self, z): return np.where(z >= 0, z, self.alpha * z)",
        "def relu(x): return np.maximum(0.1 * x, x)",
    ],
    "elu": [
        "def elu(z, alpha=1.0): return np.where(z > 0, z, alpha * (np.exp(z) - 1))",
        "def ELU(z): return z if z > 0 else 0.5 * (math.exp(z) - 1)",
    ],
    "selu": ["def selu(z): return 1.0507 * np.where(z > 0, z, 1.67326 * (np.exp(z) - 1))"],
    "softplus": [
        "def softplus(z): return np.log(1 + np.exp(z))",
        "def softplus(z): return np.logaddexp(0, z)",
    ],
    "silu": [
        "def swish(z): return z / (1 + np.exp(-z))",
        "def silu(z, beta=1.5): return z / (1 + np.exp(-beta * z))",
    ],
    "gelu": [
        "def gelu(x):\n"
        "    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))",
        "def gelu(x):\n    f = np.vectorize(math.erf)\n    return 0.5 * x * (1 + f(x / np.sqrt(2)))",
    ],
    "identity": ["def linear(x): return x", "def identity(z): return z * 1.0"],
    "step": ["def step(z): return np.where(z >= 0, 1, 0)"],
}


@pytest.mark.parametrize(("kind", "source"), [(k, s) for k, texts in RIGHT.items() for s in texts])
def test_a_right_activation_is_never_called_wrong(found, kind, source):
    assert found(source, kind).verdict in ("ok", "fragile")


WRONG = {
    "activation-formula": [
        ("sigmoid", "def sigmoid(x): return 1 / (1 + np.exp(x))"),
        ("sigmoid", "def sigmoid(x): return 1 / (1 - np.exp(-x))"),
        ("sigmoid", "class Net:\n    def _sigmoid(self, x): return 1 - 1 / (1 + np.exp(-x))"),
        ("tanh", "def tanh(x): return (np.exp(x) + np.exp(-x)) / (np.exp(x) - np.exp(-x))"),
        ("tanh", "def tanh(x): return 1 / (1 + np.exp(-x))"),
        ("tanh", "def tanh(x): return 2 / (1 + np.exp(-2 * x))"),
        ("relu", "def relu(x): return np.minimum(0, x)"),
        ("relu", "def relu(x): return np.abs(x)"),
        ("relu", "class ReLU:\n    def forward(self, x):\n        self.out = x > 0\n        return self.out"),
        ("leaky relu", "def leaky_relu(x): return np.where(x > 0, x, 0.01)"),
        ("leaky relu", "def leaky_relu(x, alpha=0.1): return np.maximum(x, alpha)"),
        ("elu", "def elu(x): return np.where(x > 0, x, np.exp(x))"),
        ("softplus", "def softplus(x): return np.log(1 + np.exp(-x))"),
        ("sigmoid", "def activation_function(x): return 1 / (1 + np.exp(x))"),
        ("sigmoid", "def nonlin(x, deriv=False):\n    if deriv: return x * (1 - x)\n    return 1 / (1 + np.exp(x))"),
        ("sigmoid", "def sigmoid(z): return np.where(z >= 0, 1 / (1 + np.exp(np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))"),
        ("relu", "def act(z, kind):\n    if kind == 'relu': return np.minimum(0, z)\n"
                 "    if kind == 'tanh': return np.tanh(z)"),
    ],
    "operator-precedence": [
        ("sigmoid", "def sigmoid(x): return 1 / 1 + np.exp(-x)"),
        ("sigmoid", "class Sigmoid:\n    def calc(self, x): return 1.0 / 1.0 + math.exp(-x)"),
        ("tanh", "def tanh(x): return np.exp(x) - np.exp(-x) / np.exp(x) + np.exp(-x)"),
        ("tanh", "def tanh(x): return (np.exp(x) - np.exp(-x)) / np.exp(x) + np.exp(-x)"),
        ("relu", "def relu(z): return z * z > 0"),
        ("elu", "def elu(z, alpha=0.5): return np.where(z > 0, z, alpha * np.exp(z) - 1)"),
        ("silu", "def swish(z): return z / 1 + np.exp(-z)"),
    ],
    "list-not-array": [
        ("sigmoid", "def sigmoid(x):\n    e = [math.exp(-v) for v in x]\n    return 1 / (1 + e)"),
        ("sigmoid", "def sigmoid(z):\n    z = list(z)\n    return 1 / (1 + np.exp(-z))"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "kind", "source"), [(c, k, s) for c, cases in WRONG.items() for k, s in cases]
)
def test_a_wrong_activation_is_called_by_its_cause(found, cause, kind, source):
    check = found(source, kind)
    assert (check.verdict, check.causes) == ("wrong", (cause,))
    assert check.evidence


FRAGILE = {
    "sigmoid-overflow": [
        ("sigmoid", "def sigmoid(x): return 1 / (1 + np.exp(-x))"),
        ("sigmoid", "def sigmoid(x): return np.exp(x) / (1 + np.exp(x))"),
        ("sigmoid", "def sigmoid(x): return 1 / (1 + math.exp(-x))"),
        ("tanh", "def tanh(x): return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))"),
        ("softplus", "def softplus(x): return np.log(1 + np.exp(x))"),
    ],
    "overwrites-argument": [
        ("relu", "def relu(x):\n    x[x < 0] = 0\n    return x"),
        ("relu", "def relu(x): return np.maximum(x, 0, x)"),
        ("relu", "def relu(x):\n    x *= x > 0\n    return x"),
        (
            "relu",
            "class Net:\n    def relu(self, x):\n        np.maximum(0, x, out=x)\n        return x",
        ),
    ],
}


@pytest.mark.parametrize(
    ("cause", "kind", "source"), [(c, k, s) for c, cases in FRAGILE.items() for k, s in cases]
)
def test_a_right_one_that_may_fail_is_fragile(found, cause, kind, source):
    check = found(source, kind)
    assert (check.verdict, check.causes) == ("fragile", (cause,))


@pytest.mark.parametrize(
    "source",
    [
        "def UseTanh(a, b, c): return a",
        "def show_error(x): return x * 2 + 1",
        "class ReLUNetwork:\n    def forward(self, X): return X @ np.ones((5, 3))",
        "def linear(x, W, b): return x @ W + b",
        "def step(params, grads, lr): return params - lr * grads",
        "def step(x): return x",
        "def plot_sigmoid(x): return x ** 3",
        "class SigmoidNeuron:\n    def forward(self, x): return 3 * x.sum()",
    ],
)
def test_functions_that_are_something_else_are_not_reported(judged, source):
    assert judged(source) == []


def test_a_sure_name_with_values_of_no_known_formula_cannot_be_told(found):
    check = found("def sigmoid(x): return np.sin(x) ** 2 + x", "sigmoid")
    assert check.verdict == "cannot tell"


def test_a_sigmoid_of_minus_z_is_not_wrong_where_it_is_called_with_it(found):
    source = "def sigmoid(x): return 1 / (1 + np.exp(x))\ndef forward(z): return sigmoid(-z)"
    assert found(source, "sigmoid").verdict == "cannot tell"


def test_the_evidence_tells_the_call_the_number_and_the_right_one(found):
    check = found("def sigmoid(x): return 1 / 1 + np.exp(-x)", "sigmoid")
    assert check.evidence.startswith("sigmoid(0.4) is 1.67, right is 0.5987.")
    assert "1 / 1 + exp(-z)" in check.evidence


@pytest.mark.parametrize(
    ("raised", "said"),
    [("MemoryError", "MemoryError."), ("ValueError('no.')", "ValueError: no.")],
)
def test_what_a_function_raises_is_told_with_the_text_that_it_has(found, raised, said):
    check = found(f"def sigmoid(x): raise {raised}", "sigmoid")
    assert check.evidence.endswith(f" raises {said}")


def test_every_option_is_judged_by_itself(judged):
    source = """
        class Net:
            def activate(self, z):
                if self.activation == "relu":
                    return np.maximum(0, z)
                elif self.activation == "tanh":
                    return np.tanh(z)
                return 1 / (1 + np.exp(z))

            def derivative(self, a):
                if self.activation == "relu":
                    return a > 0
                if self.activation == "tanh":
                    return a * (1 - a)
    """
    verdicts = {check.kind: check.verdict for check in judged(source)}
    assert verdicts == {
        "relu": "ok", "tanh": "ok", "relu derivative": "ok", "tanh derivative": "wrong",
    }  # fmt: skip


def test_a_method_without_self_is_wrong_only_where_it_is_called_with_it(judged):
    method = "class Net:\n    def sigmoid(z): return 1 / (1 + np.exp(-z))\n"
    by_self = "    def forward(self, x): return self.sigmoid(x)\n"
    by_class = "    def forward(self, x): return Net.sigmoid(x)\n"
    other = "class Tanh:\n    def sigmoid(self, z): return z\ndef forward(net, x): return net.sigmoid(x)\n"
    assert "missing-self" in str(judged(method + other))
    wrong = [check for check in judged(method + by_self) if check.verdict == "wrong"]
    assert [check.causes for check in wrong] == [("missing-self",)]
    assert "self.sigmoid(x) (line 5) hands over 2 arguments" in wrong[0].evidence
    assert not [check for check in judged(method + by_class) if check.verdict == "wrong"]
    replaced = "    def __init__(self): self.sigmoid = lambda z: 1 / (1 + np.exp(-z))\n"
    assert not [check for check in judged(method + by_self + replaced) if check.verdict == "wrong"]
