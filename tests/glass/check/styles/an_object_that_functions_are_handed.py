import numpy as np

class Net:
    def __init__(self, sizes):
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.random.randn(y) for y in sizes[1:]]

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def all_layers(n, rows):
    found = [rows]
    for w, b in zip(n.weights, n.biases):
        found.append(sigmoid(found[-1] @ w.T + b))
    return found

def gradients(n, rows, wanted):
    found = all_layers(n, rows)
    delta = (found[-1] - wanted) * found[-1] * (1 - found[-1])
    dW, db = [delta.T @ found[-2]], [delta.sum(axis=0)]
    for i in range(2, len(found)):
        a = found[-i]
        delta = delta @ n.weights[-i + 1] * a * (1 - a)
        dW.insert(0, delta.T @ found[-i - 1])
        db.insert(0, delta.sum(axis=0))
    return dW, db

def sgd(n, rows, wanted, rate):
    dW, db = gradients(n, rows, wanted)
    n.weights = [w - rate / len(rows) * d for w, d in zip(n.weights, dW)]
    n.biases = [b - rate / len(rows) * d for b, d in zip(n.biases, db)]
