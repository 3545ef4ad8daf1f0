"""A multilayer perceptron in NumPy: `plain_mlp.py` with all rows at once; docs/own-network.md."""

from itertools import pairwise

import numpy as np


def one_hot(labels, n_classes):
    Y = np.zeros((len(labels), n_classes))  # (N, K)
    Y[np.arange(len(labels)), labels] = 1
    return Y


def relu(z):
    return np.maximum(0, z)


def relu_derivative(z):
    return (z > 0).astype(float)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))  # (N, K): each row minus its largest
    return e / e.sum(axis=1, keepdims=True)  # (N, K): each row sums to 1


def cross_entropy(z, Y):
    shifted = z - z.max(axis=1, keepdims=True)  # (N, K)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (N, K)
    return -(Y * log_p).sum(axis=1).mean()  # one number


def make_network(sizes, rng):
    weights, biases = [], []
    for n_in, n_out in pairwise(sizes):
        weights.append(rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)))
        biases.append(np.zeros((1, n_out)))
    return weights, biases


def forward(weights, biases, X):
    activations, zs = [X], []
    for W, b in zip(weights, biases, strict=True):
        zs.append(activations[-1] @ W + b)  # (N, n_in) @ (n_in, n_out) + (1, n_out)
        activations.append(relu(zs[-1]))  # (N, n_out)
    activations[-1] = softmax(zs[-1])  # (N, K)
    return activations, zs


def backpropagation(weights, activations, zs, Y):
    dWs, dbs = [], []
    dz = (activations[-1] - Y) / len(Y)  # (N, K)
    for layer in reversed(range(len(weights))):
        dWs.insert(0, activations[layer].T @ dz)  # (n_in, N) @ (N, n_out)
        dbs.insert(0, dz.sum(axis=0, keepdims=True))  # (1, n_out)
        if layer > 0:
            dz = (dz @ weights[layer].T) * relu_derivative(zs[layer - 1])  # (N, n_in)
    return dWs, dbs


def update(weights, biases, dWs, dbs, learning_rate):
    for layer in range(len(weights)):
        weights[layer] -= learning_rate * dWs[layer]  # (n_in, n_out)
        biases[layer] -= learning_rate * dbs[layer]  # (1, n_out)


def train(weights, biases, X, Y, learning_rate, epochs):
    losses = []
    for _ in range(epochs):
        activations, zs = forward(weights, biases, X)
        losses.append(cross_entropy(zs[-1], Y))
        dWs, dbs = backpropagation(weights, activations, zs, Y)
        update(weights, biases, dWs, dbs, learning_rate)
    return losses


def predict(weights, biases, X):
    activations, _ = forward(weights, biases, X)
    return activations[-1].argmax(axis=1)  # (N,)
