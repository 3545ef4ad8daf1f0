import numpy as np
import pandas as pd


def _elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))


def _delu(z, alpha=1.0):
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def _sig(z):
    return 1 / (1 + np.exp(-z))


# name -> (function, derivative with respect to z)
ACTIVATIONS = {
    "sigmoid": (_sig, lambda z: _sig(z) * (1 - _sig(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(0, z), lambda z: (z > 0) * 1.0),
    "elu": (_elu, _delu),
}


class Perceptron:
    """Multilayer perceptron for class labels 0..K-1. Layers: [(n_units, activation), ...]"""

    def __init__(self, n_features, hidden, n_classes, eta=0.05, random_state=None):
        rng = np.random.RandomState(random_state)
        self.eta = eta
        self.n_classes = n_classes
        self.acts = [name for _, name in hidden]
        sizes = [n_features] + [n for n, _ in hidden] + [n_classes]
        self.W = [rng.normal(0, np.sqrt(2 / sizes[i]), (sizes[i], sizes[i + 1]))
                  for i in range(len(sizes) - 1)]
        self.b = [np.zeros(sizes[i + 1]) for i in range(len(sizes) - 1)]

    @staticmethod
    def softmax(z):
        e = np.exp(z)
        return e / e.sum(axis=1)[:, None]

    def forward(self, X):
        self.z, self.a = [], [X]
        for W, b, name in zip(self.W, self.b, self.acts):
            self.z.append(self.a[-1] @ W + b)
            f = ACTIVATIONS[name][0]
            self.a.append(f(self.z[-1]))
        self.z.append(self.a[-1] @ self.W[-1] + self.b[-1])
        self.a.append(self.softmax(self.z[-1]))
        return self.a[-1]

    def cost(self, y, proba):
        return -np.log(proba[np.arange(len(y)), y]).mean()

    def gradients(self, y):
        onehot = np.eye(self.n_classes)[y]
        delta = (self.a[-1] - onehot) / len(y)
        gW, gb = [], []
        for l in range(len(self.W) - 1, -1, -1):
            gW.insert(0, self.a[l].T @ delta)
            gb.insert(0, delta.sum(axis=0))
            if l != 0:
                df = ACTIVATIONS[self.acts[l - 1]][1]
                delta = delta @ self.W[l].T * df(self.z[l - 1])
        return gW, gb

    def partial_fit(self, X, y):
        proba = self.forward(X)
        gW, gb = self.gradients(y)
        for l in range(len(self.W)):
            self.W[l] = self.W[l] - self.eta * gW[l]
            self.b[l] = self.b[l] - self.eta * gb[l]
        return self.cost(y, proba)

    def fit(self, X, y, n_epochs=200, batch=16):
        for epoch in range(n_epochs):
            idx = np.random.permutation(len(y))
            cost = [self.partial_fit(X[i], y[i]) for i in np.array_split(idx, max(1, len(y) // batch))]
        print("last mean cost", np.mean(cost))

    def predict(self, X):
        return self.forward(X).argmax(axis=1)

    def score(self, X, y):
        return (self.predict(X) == y).mean()


if __name__ == "__main__":
    frame = pd.read_csv("penguins_clean.csv").sample(frac=1, random_state=0)
    y, names = pd.factorize(frame.pop("species"))
    X = frame.to_numpy(dtype=float)
    cut = int(len(X) * 0.7)
    X = (X - X[:cut].mean(axis=0)) / X[:cut].std(axis=0)
    net = Perceptron(X.shape[1], [(16, "elu"), (8, "tanh")], len(names), random_state=0)
    net.fit(X[:cut], y[:cut])
    print("accuracy on test rows:", net.score(X[cut:], y[cut:]))
