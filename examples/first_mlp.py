"""A first network, as one writes it: it learns, and it holds three mistakes that do not show.

Try to find them; then run `helder check examples/first_mlp.py`.
"""

import numpy as np


def one_hot(labels, n_classes):
    Y = np.zeros((len(labels), n_classes))
    Y[np.arange(len(labels)), labels] = 1
    return Y


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def cross_entropy(p, y):
    return -np.mean(np.sum(p * np.log(y + 1e-9), axis=1))


def relu(z):
    return np.maximum(0, z)


def relu_derivative(z):
    return (z > 0).astype(float)


class NeuralNetwork:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.weights = []
        self.biases = []
        for i in range(len(sizes) - 1):
            scale = np.sqrt(2 / sizes[i])
            self.weights.append(rng.normal(0, scale, (sizes[i], sizes[i + 1])))
            self.biases.append(np.zeros((1, sizes[i + 1])))

    def forward(self, X):
        zs = []
        activations = [X]
        for i in range(len(self.weights)):
            z = activations[-1] @ self.weights[i] + self.biases[i]
            zs.append(z)
            if i < len(self.weights) - 1:
                activations.append(relu(z))
            else:
                activations.append(softmax(z))
        return zs, activations

    def backpropagation(self, zs, activations, Y):
        n = len(Y)
        dWs = [None] * len(self.weights)
        dbs = [None] * len(self.weights)
        p = activations[-1]
        dz = (p - Y) * p * (1 - p)
        for i in reversed(range(len(self.weights))):
            dWs[i] = activations[i].T @ dz / n
            dbs[i] = np.sum(dz, axis=0, keepdims=True) / n
            if i > 0:
                dz = (dz @ self.weights[i].T) * relu_derivative(zs[i - 1])
        return dWs, dbs

    def update(self, dWs, dbs, learning_rate):
        for i in range(len(self.weights)):
            self.weights[i] -= learning_rate * dWs[i]
            self.biases[i] -= learning_rate * dbs[i]

    def train(self, X, Y, learning_rate=0.5, epochs=500):
        losses = []
        for epoch in range(epochs):
            zs, activations = self.forward(X)
            losses.append(cross_entropy(activations[-1], Y))
            dWs, dbs = self.backpropagation(zs, activations, Y)
            self.update(dWs, dbs, learning_rate)
            if epoch % 100 == 0:
                print(f"epoch {epoch:3d}  loss {losses[-1]:.3f}")
        return losses

    def predict(self, X):
        p = self.forward(X)[1][-1]
        return np.argmax(p, axis=1)


def make_table(n=600, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)  # sleep: bad, medium, good
    means = np.array([[75, 5], [70, 6.5], [60, 8]])  # of the pulse, and of the hours in bed
    return means[labels] + rng.normal(0, 1, (n, 2)) * [4, 0.7], labels


if __name__ == "__main__":
    X, labels = make_table()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    X_train, X_test = X[:450], X[450:]
    labels_train, labels_test = labels[:450], labels[450:]
    network = NeuralNetwork([2, 8, 8, 3])
    network.train(X_train, one_hot(labels_train, 3))
    print(f"{np.mean(network.predict(X_test) == labels_test):.1%} of the test rows right")
