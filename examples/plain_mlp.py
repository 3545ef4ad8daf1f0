"""A multilayer perceptron in plain Python: numbers, lists and loops, nothing else."""

from itertools import pairwise
from math import exp, hypot, log, sqrt
from random import gauss, seed


def make_network(sizes):  # weights[layer][i][j] leads from unit i to unit j; biases[layer][j]
    weights, biases = [], [[0.0] * n_out for n_out in sizes[1:]]
    for n_in, n_out in pairwise(sizes):  # He's sqrt(2 / n_in) keeps every layer's numbers in range
        weights.append([[gauss(0, sqrt(2 / n_in)) for _ in range(n_out)] for _ in range(n_in)])
    return weights, biases


def softmax(z):
    e = [exp(z_j - max(z)) for z_j in z]  # minus the largest, so that exp cannot overflow
    return [e_j / sum(e) for e_j in e]


def cross_entropy(z, y):  # -log(p) of the true class, from z: a p that rounds to 0 has no log
    log_sum = max(z) + log(sum(exp(z_j - max(z)) for z_j in z))
    return sum(y[j] * (log_sum - z[j]) for j in range(len(z)))


def forward(weights, biases, x):
    activations, zs = [x], []
    for W, b in zip(weights, biases, strict=True):
        a = activations[-1]
        zs.append([b[j] + sum(a[i] * W[i][j] for i in range(len(a))) for j in range(len(b))])
        activations.append([max(0.0, z_j) for z_j in zs[-1]])  # relu
    activations[-1] = softmax(zs[-1])  # the last layer has softmax in relu's place: this is p
    return activations, zs


def backpropagation(weights, activations, zs, y):
    dWs, dbs = [], []
    dz = [p_j - y_j for p_j, y_j in zip(activations[-1], y, strict=True)]  # cross-entropy, softmax
    for layer in reversed(range(len(weights))):
        dWs.insert(0, [[a_i * dz_j for dz_j in dz] for a_i in activations[layer]])
        dbs.insert(0, dz)
        if layer > 0:  # through the weights to the layer before, then through its relu
            da = [sum(W_i[j] * dz[j] for j in range(len(dz))) for W_i in weights[layer]]
            dz = [da[i] if zs[layer - 1][i] > 0 else 0.0 for i in range(len(da))]
    return dWs, dbs


def train(weights, biases, X, Y, learning_rate, epochs):
    losses = []  # of each epoch: the mean over the rows, before that epoch's step
    for _ in range(epochs):
        tapes = [forward(weights, biases, x) for x in X]  # every row sees the same weights
        losses.append(sum(cross_entropy(tapes[n][1][-1], Y[n]) for n in range(len(X))) / len(X))
        for dWs, dbs in [backpropagation(weights, *tapes[n], Y[n]) for n in range(len(X))]:
            for W, b, dW, db in zip(weights, biases, dWs, dbs, strict=True):
                for j in range(len(b)):
                    b[j] -= learning_rate * db[j] / len(X)
                    for i in range(len(W)):
                        W[i][j] -= learning_rate * dW[i][j] / len(X)
    return losses


if __name__ == "__main__":
    seed(0)
    X = [[gauss(0, 1), gauss(0, 1)] for _ in range(150)]
    Y = [[r < 0.8, 0.8 <= r < 1.5, r >= 1.5] for r in (hypot(*x) for x in X)]  # a bull's eye
    weights, biases = make_network([2, 8, 4, 3])
    for epoch in range(1, 301, 50):
        print(f"epoch {epoch:3d}  loss {train(weights, biases, X, Y, 0.2, epochs=50)[0]:.3f}")
    ps = [forward(weights, biases, x)[0][-1] for x in X]
    right = sum(y[p.index(max(p))] for p, y in zip(ps, Y, strict=True))  # argmax is the answer
    print(f"{right} of {len(X)} rows right, {right / len(X):.1%}")
