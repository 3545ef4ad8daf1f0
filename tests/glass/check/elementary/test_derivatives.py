"""Derivatives: of z or of a, alone or times a gradient, as long as they are the right ones."""

# ruff: noqa: E501  (each piece of source stands on one line)

from __future__ import annotations

import pytest

SIGMOID = "def sigmoid(z): return 1 / (1 + np.exp(-z))\n"
TANH = "def tanh(z): return np.tanh(z)\n"
RELU = "def relu(z): return np.maximum(0, z)\n"
LEAKY = "def leaky_relu(z): return np.where(z > 0, z, 0.05 * z)\n"
OF_Z, OF_A, BOTH = "derivative of z", "derivative of a", "both"

RIGHT = {
    ("sigmoid", OF_Z): [
        SIGMOID + "def sigmoid_derivative(z): return sigmoid(z) * (1 - sigmoid(z))",
        "def sigmoid_prime(x): return np.exp(-x) / (1 + np.exp(-x)) ** 2",
        "def dsigmoid(z):\n    s = 1 / (1 + np.exp(-z))\n    return s - s ** 2",
        SIGMOID + "def sigmoid_backward(dA, cache):\n    s = sigmoid(cache)\n    return dA * s * (1 - s)",
        "class Sigmoid:\n    def f(self, z): return 1 / (1 + np.exp(-z))\n"
        "    def derivative(self, z): return self.f(z) * (1 - self.f(z))",
        "class Sigmoid:\n    def forward(self, z):\n        self.a = 1 / (1 + np.exp(-z))\n"
        "        return self.a\n    def backward(self, grad, lr): return grad * self.a * (1 - self.a)",
        "class Sigmoid:\n    def forward(self, z):\n        self.out = 1 / (1 + np.exp(-z))\n"
        "        return self.out\n    def backward(self): return self.out * (1 - self.out)",
        "def sigmoid(z, direction='forward'):\n    s = 1 / (1 + np.exp(-z))\n"
        "    if direction == 'backward': return s * (1 - s)\n    return s",
        "def logistic(z, k=3): return 1 / (1 + np.exp(-k * z))\n"
        "def logistic_prime(z, k=3): return k * logistic(z) * (1 - logistic(z))",
    ],
    ("sigmoid", OF_A): [
        SIGMOID + "def sigmoid_derivative(x): return x * (1 - x)",
        "def d_sigmoid(A): return np.multiply(A, 1 - A)",
        "def sigmoid(x, deriv=False):\n    if deriv == True: return x * (1 - x)\n"
        "    return 1 / (1 + np.exp(-x))",
        SIGMOID + "def afgeleide_sigmoid(uitvoer): return uitvoer * (1 - uitvoer)",
        "def sigmoid(z, derive=False): return z * (1 - z) if derive else 1 / (1 + math.exp(-z))",
        SIGMOID + "def sigmoid_backward(dA, A): return dA * A * (1 - A)",
    ],
    ("tanh", OF_Z): [
        TANH + "def tanh_derivative(z): return 1 - np.tanh(z) ** 2",
        "def tanh_prime(z): return 1 / np.cosh(z) ** 2",
        "class Base:\n    def __init__(self, f, df): self.f, self.df = f, df\n"
        "    def forward(self, x):\n        self.x = x\n        return self.f(x)\n"
        "    def backward(self, grad, learning_rate): return grad * self.df(self.x)\n"
        "class Tanh(Base):\n    def __init__(self):\n"
        "        super().__init__(np.tanh, lambda x: 1 - np.tanh(x) ** 2)",
    ],
    ("tanh", OF_A): [
        TANH + "def dtanh(y): return 1.0 - y * y",
        "def sigmoid(x): return math.tanh(x)\ndef dsigmoid(y): return 1.0 - y ** 2",
        "def tanh(z): return 1.7159 * np.tanh(2 / 3 * z)\n"
        "def tanh_deriv(a): return 2 / 3 / 1.7159 * (1.7159 - a) * (1.7159 + a)",
    ],
    ("relu", BOTH): [
        RELU + "def relu_derivative(z): return (z > 0).astype(float)",
        RELU + "def ReLU_deriv(Z): return Z > 0",
        "def drelu(x): return 1.0 if x > 0 else 0.0",
        "def relu_backward(dA, cache):\n    dZ = np.array(dA, copy=True)\n    dZ[cache <= 0] = 0\n"
        "    return dZ",
        "def relu(Z): return np.maximum(0, Z), {'Z': Z}\n"
        "def relu_backward(dA, cache): return dA * (cache['Z'] > 0)",
        "class ReLU:\n    def forward(self, x):\n        self.inputs = x\n"
        "        self.output = np.maximum(0, x)\n    def backward(self, dvalues):\n"
        "        self.dinputs = dvalues.copy()\n        self.dinputs[self.inputs <= 0] = 0",
        "def relu_grad(x):\n    g = np.zeros_like(x)\n    g[x > 0] = 1\n    return g",
        "def relu_derivative(x): return np.diagflat((x > 0) * 1.0)",
    ],
    ("relu", OF_Z): [RELU + "def relu_prime(z): return np.where(z >= 0, 1, 0)"],
    ("leaky relu", BOTH): [
        LEAKY + "def leaky_relu_derivative(z): return np.where(z > 0, 1, 0.05)",
        "def dleaky_relu(z, alpha=0.2): return np.where(z > 0, 1, alpha)",
        "class LeakyReLU:\n    def __init__(self, alpha=0.3): self.alpha = alpha\n"
        "    def forward(self, z):\n        self.z = z\n        return np.maximum(self.alpha * z, z)\n"
        "    def backward(self, g): return g * np.where(self.z > 0, 1, self.alpha)",
    ],
    ("elu", OF_Z): [
        "def elu(z, a=0.7): return np.where(z > 0, z, a * (np.exp(z) - 1))\n"
        "def elu_prime(z, a=0.7): return np.where(z > 0, 1, a * np.exp(z))",
    ],
    ("elu", OF_A): [
        "def elu(z): return np.where(z > 0, z, np.exp(z) - 1)\n"
        "def delu(a): return np.where(a > 0, 1, a + 1)",
    ],
    ("softplus", OF_Z): ["def softplus_derivative(z): return 1 / (1 + np.exp(-z))"],
    ("identity", BOTH): ["def linear(z): return z\ndef linear_derivative(z): return np.ones_like(z)"],
    ("gelu", OF_Z): [
        "def gelu(x):\n    f = np.vectorize(math.erf)\n    return 0.5 * x * (1 + f(x / np.sqrt(2)))\n"
        "def gelu_derivative(x):\n    f = np.vectorize(math.erf)\n"
        "    return 0.5 * (1 + f(x / np.sqrt(2))) + x * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "convention", "source"), [(k, c, s) for (k, c), texts in RIGHT.items() for s in texts]
)
def test_a_right_derivative_is_ok_and_says_of_what_it_is_one(found, kind, convention, source):
    check = found(source, f"{kind} derivative")
    assert check.verdict == "ok"
    assert check.convention.split(", ")[0] == convention


WRONG = {
    "derivative-formula": [
        ("sigmoid", SIGMOID + "def sigmoid_derivative(z): return sigmoid(z) * (1 + sigmoid(z))"),
        ("sigmoid", SIGMOID + "def sigmoid_derivative(a): return a * (a - 1)"),
        ("sigmoid", SIGMOID + "def dsigmoid(z): return 1 - sigmoid(z)"),
        ("sigmoid", SIGMOID + "def sigmoid_prime(z): return sigmoid(z) * (1 - z)"),
        ("sigmoid", "def sigmoid(x, deriv=False):\n    s = 1 / (1 + np.exp(-x))\n"
                    "    if deriv: return s * s\n    return s"),
        ("tanh", TANH + "def tanh_derivative(z): return 1 - np.tanh(z)"),
        ("tanh", TANH + "def tanh_derivative(a): return 1 + a ** 2"),
        ("tanh", "class Tanh:\n    def forward(self, z):\n        self.a = np.tanh(z)\n"
                 "        return self.a\n    def backward(self, g): return g * (1 - self.a)"),
        ("relu", RELU + "def relu_derivative(z): return np.maximum(0, z)"),
        ("relu", RELU + "def relu_derivative(z): return z < 0"),
        ("relu", "def relu_derivative(z): return np.ones_like(z)"),
        ("leaky relu", LEAKY + "def leaky_relu_derivative(z): return np.where(z > 0, 1, 0.5)"),
        ("sigmoid", "def act(z): return 1 / (1 + np.exp(-z))\ndef act_derivative(a): return a * (1 + a)"),
        ("sigmoid", "class Net:\n    def activate(self, z): return 1 / (1 + np.exp(-z))\n    def derivative(self, a): return 1 - a"),
        ("sigmoid", "def logistic(z): return 1 / (1 + np.exp(-3 * z))\n"
                    "def logistic_prime(z): return logistic(z) * (1 - logistic(z))"),
        ("elu", "def elu(z): return np.where(z > 0, z, np.exp(z) - 1)\n"
                "def elu_derivative(z): return np.where(z > 0, 1, np.exp(z) - 1)"),
    ],
    "activation-formula": [
        ("sigmoid", SIGMOID + "def sigmoid_backward(dA, Z):\n    s = 1 / (1 - np.exp(-Z))\n    return dA * s * (1 - s)"),
    ],
    "derivative-of-another-activation": [
        ("sigmoid", SIGMOID + "def sigmoid_derivative(a): return 1 - a ** 2"),
        ("tanh", TANH + "def tanh_derivative(a): return a * (1 - a)"),
        ("tanh", TANH + "def dtanh(z):\n    s = 1 / (1 + np.exp(-z))\n    return s * (1 - s)"),
        ("relu", RELU + "def relu_derivative(x): return x * (1 - x)"),
        ("sigmoid", "class Sigmoid:\n    def forward(self, z):\n        self.z = z\n"
                    "        return 1 / (1 + np.exp(-z))\n"
                    "    def backward(self, g): return g * (self.z > 0)"),
        ("leaky relu", LEAKY + "def leaky_relu_derivative(z): return (z > 0) * 1.0"),
    ],
    "relu-slope-threshold": [
        ("relu", RELU + "def relu_derivative(z): return np.where(z > 1, 1, 0)"),
        ("relu", RELU + "def drelu(z): return 1 if z >= 0.5 else 0"),
        ("relu", "class ReLU:\n    def forward(self, z):\n        self.z = z\n"
                 "        return np.maximum(z, 0)\n    def backward(self, g): return g * (self.z > 1)"),
        ("leaky relu", LEAKY + "def leaky_relu_derivative(z): return np.where(z > 1, 1, 0.05)"),
    ],
    "operator-precedence": [
        ("relu", RELU + "def relu_derivative(z): return z * z > 0"),
        ("sigmoid", SIGMOID + "def sigmoid_derivative(a): return a * 1 - a"),
        ("tanh", TANH + "def tanh_derivative(z): return (1 - np.tanh(z)) ** 2"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "kind", "source"), [(c, k, s) for c, cases in WRONG.items() for k, s in cases]
)
def test_a_wrong_derivative_is_called_by_its_cause(found, cause, kind, source):
    check = found(source, f"{kind} derivative")
    assert (check.verdict, check.causes) == ("wrong", (cause,))
    assert check.evidence


def test_a_derivative_of_an_activation_that_is_wrong_itself_is_not_blamed_too(found):
    source = (
        "def sigmoid(z): return 1 / 1 + np.exp(-z)\n"
        "def sigmoid_derivative(z): return sigmoid(z) * (1 - sigmoid(z))"
    )
    assert found(source, "sigmoid derivative").verdict == "cannot tell"


def test_a_derivative_that_overwrites_its_argument_is_fragile(found):
    source = RELU + "def relu_derivative(z):\n    z[z > 0] = 1\n    z[z <= 0] = 0\n    return z"
    check = found(source, "relu derivative")
    assert (check.verdict, check.causes) == ("fragile", ("overwrites-argument",))


def test_the_threshold_of_a_slope_is_told(found):
    check = found(RELU + "def relu_derivative(z): return np.where(z > 1, 1, 0)", "relu derivative")
    assert "jumps at 1," in check.evidence
