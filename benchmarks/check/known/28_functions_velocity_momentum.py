"""Mini batch gradient descent with momentum, parameters and velocities in dictionaries."""
import math

import numpy as np
from sklearn.datasets import load_digits


def softmax(z):
    t = np.exp(z - np.max(z, axis=0))
    return t / np.sum(t, axis=0)


def tanh_backward(dA, A):
    return dA * (1 - A ** 2)


def initialize(dims):
    params, v = {}, {}
    for l in range(1, len(dims)):
        params[f"W{l}"] = np.random.randn(dims[l], dims[l - 1]) * np.sqrt(1 / dims[l - 1])
        params[f"b{l}"] = np.zeros((dims[l], 1))
        v[f"dW{l}"] = np.zeros((dims[l], dims[l - 1]))
        v[f"db{l}"] = np.zeros((dims[l], 1))
    return params, v


def model_forward(X, params):
    L = len(params) // 2
    As = [X]
    for l in range(1, L + 1):
        Z = np.dot(params[f"W{l}"], As[-1]) + params[f"b{l}"]
        As.append(softmax(Z) if l == L else np.tanh(Z))
    return As


def cross_entropy_cost(AL, Y, params, lambd):
    m = Y.shape[1]
    L = len(params) // 2
    l2 = sum(np.sum(params[f"W{l}"] ** 2) for l in range(1, L + 1))
    return -np.sum(Y * np.log(AL + 1e-10)) / m + lambd * l2 / (2 * m)


def model_backward(As, Y, params, lambd):
    m = Y.shape[1]
    L = len(params) // 2
    grads = {}
    dZ = As[L] - Y
    for l in range(L, 0, -1):
        grads[f"dW{l}"] = np.dot(dZ, As[l - 1].T) / m + lambd / m * params[f"W{l}"]
        grads[f"db{l}"] = np.mean(dZ, axis=1, keepdims=True)
        if l > 1:
            dZ = tanh_backward(np.dot(params[f"W{l}"].T, dZ), As[l - 1])
    return grads


def update_with_momentum(params, grads, v, beta, learning_rate):
    for l in range(1, len(params) // 2 + 1):
        for name in (f"W{l}", f"b{l}"):
            v["d" + name] = beta * v["d" + name] + (1 - beta) * grads["d" + name]
            params[name] = params[name] - learning_rate * v["d" + name]
    return params, v


def random_mini_batches(X, Y, size=64):
    m = X.shape[1]
    permutation = np.random.permutation(m)
    X, Y = X[:, permutation], Y[:, permutation]
    return [(X[:, k * size:(k + 1) * size], Y[:, k * size:(k + 1) * size])
            for k in range(math.ceil(m / size))]


def model(X, Y, dims, learning_rate=0.3, beta=0.9, lambd=0.1, num_epochs=60):
    params, v = initialize(dims)
    for epoch in range(num_epochs):
        for mini_X, mini_Y in random_mini_batches(X, Y):
            As = model_forward(mini_X, params)
            grads = model_backward(As, mini_Y, params, lambd)
            params, v = update_with_momentum(params, grads, v, beta, learning_rate)
        if epoch % 10 == 0:
            print("cost after epoch", epoch, cross_entropy_cost(model_forward(X, params)[-1], Y, params, lambd))
    return params


def predict(X, params):
    return np.argmax(model_forward(X, params)[-1], axis=0)


if __name__ == "__main__":
    digits = load_digits()
    order = np.random.permutation(len(digits.target))
    X, labels = digits.data[order].T / 16, digits.target[order]
    Y = np.eye(10)[labels].T
    params = model(X[:, :1400], Y[:, :1400], [64, 40, 20, 10])
    print("accuracy:", np.mean(predict(X[:, 1400:], params) == labels[1400:]))
