"""Layer objects are put together and recognised as right, and each mistake in them by its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from networks_checked import checked, checked_file

import helder

CORPUS = Path(__file__).parents[3] / "benchmarks" / "check"
STYLES = ("NNFS", "COLUMNS", "ROWS", "PARAMS", "WORDS", "PAIRS")


def text_of(style: str) -> str:
    """A network of layer objects as people write it, right."""
    return (Path(__file__).parent / "layers" / f"{style.lower()}.txt").read_text()


@pytest.mark.parametrize("style", STYLES)
def test_right_layers_are_ok(style):
    found = checked(text_of(style))
    assert (found.verdict, found.causes) == ("ok", ()), found


@pytest.mark.parametrize(
    "name",
    [
        "known/29_layers_dense_activation_loss.py",
        "known/30_layers_network_add.py",
        "known/34_layers_sequential_optimizers.py",
        "known/36_folder_modules/main.py",
        "fresh/12_mini_sequential.py",
    ],
)
def test_right_layers_of_the_corpus_are_ok(name):
    found = checked_file(CORPUS / name)
    assert (found.verdict, found.causes) == ("ok", ()), found


def test_what_stayed_out_of_the_chain_of_layers_is_told():
    assert checked(text_of("NNFS")).unjudged == ("chain",)  # its chain is a training loop
    assert checked(text_of("PARAMS")).unjudged == ()


def test_the_loss_at_the_end_of_the_layers_is_told():
    assert checked(text_of("NNFS")).convention == {
        "layout": "rows",
        "labels": "one-hot",
        "activations": "relu",
        "output": "softmax",
        "loss": "cross-entropy",
        "step": "Layer_Dense.forward, Layer_Dense.backward, Optimizer_SGD.update_params",
        "over_rows": "mean",
        "options": "decay 0, momentum 0",
    }


# cause, style, the right text, the mistake, and where it stands
MISTAKES = [
    (
        "bias-gradient-scalar", "NNFS", "np.sum(dvalues, axis=0, keepdims=True)",
        "np.sum(dvalues)", "Layer_Dense.backward",
    ),
    (
        "gradient-scale", "NNFS", "np.sum(dvalues, axis=0, keepdims=True)",
        "np.mean(dvalues, axis=0, keepdims=True)", "Layer_Dense.backward",
    ),
    (
        "parameter-not-updated", "NNFS", "layer.biases += bias_updates", "pass",
        "Optimizer_SGD.update_params",
    ),
    (
        "update-sign", "NNFS", "layer.weights += weight_updates\n        layer.biases +=",
        "layer.weights -= weight_updates\n        layer.biases -=", "Optimizer_SGD.update_params",
    ),
    (
        "update-sign", "NNFS", "layer.biases += bias_updates", "layer.biases -= bias_updates",
        "Optimizer_SGD.update_params",
    ),
    (
        "missing-hidden-derivative", "NNFS", "self.dinputs[self.inputs <= 0] = 0", "pass",
        "Activation_ReLU.backward",
    ),
    (
        "relu-slope-threshold", "NNFS", "[self.inputs <= 0]", "[self.inputs <= 1]",
        "Activation_ReLU.backward",
    ),
    (
        "softmax-derivative-twice", "NNFS", "        self.dinputs[range(samples), y_true] -= 1\n",
        "        self.dinputs[range(samples), y_true] -= 1\n"
        "        self.dinputs *= dvalues * (1 - dvalues)\n",
        "Activation_Softmax_Loss_CategoricalCrossentropy.backward",
    ),
    (
        "softmax-derivative-twice", "NNFS",
        "np.diagflat(single_output) - np.dot(single_output, single_output.T)",
        "np.diagflat(single_output * (1 - single_output))", "Activation_Softmax.backward",
    ),
    (
        "gradient-divided-twice", "NNFS",
        "np.dot(self.inputs.T, dvalues)\n"
        "        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)",
        "np.dot(self.inputs.T, dvalues) / len(dvalues)\n"
        "        self.dbiases = np.mean(dvalues, axis=0, keepdims=True)",
        "Layer_Dense.backward",
    ),
    (
        "gradient-zero", "NNFS", "np.dot(self.inputs.T, dvalues)",
        "np.zeros_like(self.weights)", "Layer_Dense.backward",
    ),
    (
        "parameter-not-updated", "NNFS", "layer.weights += weight_updates", "pass",
        "Optimizer_SGD.update_params",
    ),
    (
        "forward-misses-bias", "NNFS", "np.dot(inputs, self.weights) + self.biases",
        "np.dot(inputs, self.weights)", "Layer_Dense.forward",
    ),
    (
        "update-before-use", "COLUMNS",
        "        input_gradient = np.dot(self.weights.T, output_gradient)\n"
        "        self.weights -= learning_rate * weights_gradient\n",
        "        self.weights -= learning_rate * weights_gradient\n"
        "        input_gradient = np.dot(self.weights.T, output_gradient)\n",
        "Dense.backward",
    ),
    (
        "derivative-a-given-z", "COLUMNS", "return 1 - np.tanh(x) ** 2", "return 1 - x ** 2",
        "Activation.backward",
    ),
    (
        "derivative-a-given-z", "COLUMNS", "return s * (1 - s)", "return x * (1 - x)",
        "Activation.backward",
    ),
    ("update-sign", "COLUMNS", "-= learning_rate", "+= learning_rate", "Dense.backward"),
    (
        "update-sign", "COLUMNS", "self.bias -= learning_rate", "self.bias += learning_rate",
        "Dense.backward",
    ),
    (
        "parameter-not-updated", "COLUMNS", "self.bias -= learning_rate * output_gradient",
        "pass", "Dense.backward",
    ),
    (
        "bias-gradient-scalar", "COLUMNS", "learning_rate * output_gradient",
        "learning_rate * np.sum(output_gradient)", "Dense.backward",
    ),
    (
        "missing-hidden-derivative", "COLUMNS",
        "np.multiply(output_gradient, self.activation_prime(self.input))", "output_gradient",
        "Activation.backward",
    ),
    (
        "gradient-divided-twice", "ROWS", "        return grad\n\nclass Network",
        "        return grad / len(grad)\n\nclass Network", "Linear.backward",
    ),
    (
        "gradient-scale", "ROWS", "self.x.T @ grad / len(grad)", "self.x.T @ grad",
        "Linear.backward",
    ),
    (
        "derivative-z-given-a", "ROWS", "(1 - self.out ** 2)", "(1 - np.tanh(self.out) ** 2)",
        "Tanh.backward",
    ),
    (
        "softmax-derivative-twice", "ROWS", "        return grad\n\nclass Network",
        "        return grad * self.p * (1 - self.p)\n\nclass Network",
        "SoftmaxCrossEntropy.backward",
    ),
    (
        "softmax-whole-matrix", "ROWS", ".sum(axis=1, keepdims=True)\n        self.labels",
        ".sum()\n        self.labels", "SoftmaxCrossEntropy.backward",
    ),
    ("gradient-zero", "ROWS", "dx = grad @ self.W.T", "dx = 0 * (grad @ self.W.T)",
     "Linear.backward"),
    (
        "derivative-of-another-activation", "PARAMS", "dout * self.y * (1 - self.y)",
        "dout * (1 - self.y ** 2)", "Sigmoid.backward",
    ),
    (
        "derivative-formula", "PARAMS", "dout * self.y * (1 - self.y)",
        "dout * self.y * (1 + self.y)", "Sigmoid.backward",
    ),
    (
        "bias-gradient-one-row", "PARAMS", "dout.sum(axis=0, keepdims=True)", "dout[-1:]",
        "Affine.backward",
    ),
    (
        "bias-gradient-scalar", "PARAMS", "dout.sum(axis=0, keepdims=True)",
        "dout.sum(axis=1, keepdims=True)", "Affine.backward",
    ),
    ("update-sign", "PARAMS", "layer.params[key] -=", "layer.params[key] +=", "SGD.step"),
    ("derivative-a-given-z", "WORDS", "(1 - self.A ** 2)", "(1 - self.Z ** 2)", "Layer.backward"),
    (
        "derivative-a-given-z", "WORDS", "self.A * (1 - self.A)", "self.Z * (1 - self.Z)",
        "Layer.backward",
    ),
    (
        "bias-gradient-scalar", "WORDS", "np.sum(dZ, axis=0, keepdims=True)", "np.sum(dZ)",
        "Layer.backward",
    ),
    (
        "update-before-use", "WORDS",
        "        dX = dZ.dot(self.W.T)\n        self.W -= learning_rate * dW\n",
        "        self.W -= learning_rate * dW\n        dX = dZ.dot(self.W.T)\n",
        "Layer.backward",
    ),
    ("update-sign", "PAIRS", "self.b += lr", "self.b -= lr", "Layer.back_propagate"),
    ("update-sign", "PAIRS", "error = y - self.forward(X)", "error = self.forward(X) - y",
     "MLP.train"),
    (
        "derivative-z-given-a", "PAIRS", "return 1 - a ** 2", "return 1 - np.tanh(a) ** 2",
        "Layer.back_propagate",
    ),
    (
        "missing-hidden-derivative", "PAIRS", "delta = error * self.act_prime(self.out)",
        "delta = error", "Layer.back_propagate",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "style", "old", "new", "where"), MISTAKES, ids=[f"{m[1]}-{m[0]}" for m in MISTAKES]
)
def test_a_mistake_in_a_layer_has_its_name_and_place(cause, style, old, new, where):
    text = text_of(style)
    assert old in text
    found = checked(text.replace(old, new))
    assert (found.causes, found.verdict) == ((cause,), "wrong"), found
    assert found.function == where


CONTAINER = """
class Sequential:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, g):
        for layer in reversed(self.layers):
            g = layer.backward(g)

    def step(self, lr):
        for layer in self.layers:
            if hasattr(layer, "W"):
                layer.W -= lr * layer.dW
                layer.b -= lr * layer.db


def main(X, y):
    net = Sequential(Linear(2, 16), ReLU(), Linear(16, 3))
    net.backward(net.forward(X) - y)
    net.step(0.1)
"""

LAYERS = """
import numpy as np


class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros((1, n_out))

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW = self.x.T @ grad
        self.db = grad.sum(0, keepdims=True)
        return grad @ self.W.T


class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask

"""


def test_a_container_that_hands_a_gradient_to_its_layers_is_not_taken_to_be_handed_targets(
    tmp_path,
):
    path = tmp_path / "mine.py"
    path.write_text(LAYERS + CONTAINER, encoding="utf-8")
    network = helder.check(path).network
    assert (network.verdict, network.causes) == ("ok", ())


STEP = """
class SGD:
    def __init__(self, model, lr=0.1):
        self.model = model
        self.lr = lr

    def step(self):
        for p, g in self.model.parameters():
            p -= self.lr * g
"""
GIVEN = """
    def parameters(self):
        for layer in self.layers:
            if hasattr(layer, "W"):
                yield layer.W, layer.dW
                yield layer.b, layer.db
"""
OF_A_CONTAINER = [
    ("update-sign", "layer.b -= lr", "layer.b += lr", "Sequential.step"),
    ("parameter-not-updated", "layer.b -= lr * layer.db", "pass", "Sequential.step"),
]


@pytest.mark.parametrize(
    ("cause", "old", "new", "where"), OF_A_CONTAINER, ids=[m[0] for m in OF_A_CONTAINER]
)
def test_a_mistake_in_what_holds_the_layers_is_found(tmp_path, cause, old, new, where):
    text = LAYERS + CONTAINER
    assert text.count(old) == 1
    network = checked(text.replace(old, new))
    assert (network.causes, network.verdict, network.function) == ((cause,), "wrong", where)


@pytest.mark.parametrize(
    ("old", "new", "causes"),
    [("", "", ()), ("p -= self.lr * g", "p += self.lr * g", ("update-sign",))],
    ids=["right", "uphill"],
)
def test_an_optimizer_is_handed_what_holds_the_layers(tmp_path, old, new, causes):
    held = CONTAINER.replace("\n\ndef main", GIVEN + "\n\ndef main")
    loss = "\n\ndef mse_prime(y, p):\n    return 2 * (p - y) / len(y)\n"
    network = checked(LAYERS + held + STEP.replace(old, new) + loss)
    assert network.causes == causes
    assert "SGD.step" in network.convention["step"]


def test_a_container_that_is_called_itself_is_judged():
    called = text_of("PARAMS").replace(
        "    def forward(self, x):\n        for layer",
        "    def __call__(self, x):\n        for layer",
    )
    assert "__call__" in called
    found = checked(called)
    assert (found.verdict, found.unjudged) == ("ok", ())
