"""Backpropagation with plain functions, rows are samples, two hidden layers."""
import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer, MinMaxScaler


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def d_sigmoid(a):
    return a * (1.0 - a)


def d_tanh(a):
    return 1.0 - a ** 2


def initialize_weights(n_inputs, n_hidden1, n_hidden2, n_outputs):
    w1 = np.random.normal(scale=0.5, size=(n_inputs, n_hidden1))
    w2 = np.random.normal(scale=0.5, size=(n_hidden1, n_hidden2))
    w3 = np.random.normal(scale=0.5, size=(n_hidden2, n_outputs))
    b1 = np.zeros(n_hidden1)
    b2 = np.zeros(n_hidden2)
    b3 = np.zeros(n_outputs)
    return w1, b1, w2, b2, w3, b3


def forward_pass(x, w1, b1, w2, b2, w3, b3):
    h1 = np.tanh(x.dot(w1) + b1)
    h2 = sigmoid(h1.dot(w2) + b2)
    out = sigmoid(h2.dot(w3) + b3)
    return h1, h2, out


def sum_squared_error(targets, out):
    return np.sum((targets - out) ** 2) / 2


def backward_pass(targets, h1, h2, out, w2, w3):
    """Deltas of the three layers, pointing downhill (target minus output)."""
    delta3 = (targets - out) * d_sigmoid(out)
    delta2 = delta3.dot(w3.T) * d_sigmoid(h2)
    delta1 = delta2.dot(w2.T) * d_tanh(h1)
    return delta1, delta2, delta3


def train(x, targets, weights, eta=0.01, epochs=2000):
    w1, b1, w2, b2, w3, b3 = weights
    errors = []
    for epoch in range(epochs):
        h1, h2, out = forward_pass(x, w1, b1, w2, b2, w3, b3)
        errors.append(sum_squared_error(targets, out))
        delta1, delta2, delta3 = backward_pass(targets, h1, h2, out, w2, w3)

        w3 = w3 + eta * h2.T.dot(delta3)
        b3 = b3 + eta * delta3.sum(axis=0)
        w2 = w2 + eta * h1.T.dot(delta2)
        b2 = b2 + eta * delta2.sum(axis=0)
        w1 = w1 + eta * x.T.dot(delta1)
        b1 = b1 + eta * delta1.sum(axis=0)
    return (w1, b1, w2, b2, w3, b3), errors


def predict(x, weights):
    return forward_pass(x, *weights)[-1].argmax(axis=1)


if __name__ == "__main__":
    iris = load_iris()
    x_train, x_test, y_train, y_test = train_test_split(iris.data, iris.target, test_size=50)
    scaler = MinMaxScaler()
    x_train = scaler.fit_transform(x_train)
    x_test = scaler.transform(x_test)

    t_train = LabelBinarizer().fit_transform(y_train)
    weights = initialize_weights(4, 8, 6, 3)
    weights, errors = train(x_train, t_train, weights)
    print("first and last error:", errors[0], errors[-1])
    print("correct: %d of %d" % (np.sum(predict(x_test, weights) == y_test), len(y_test)))
