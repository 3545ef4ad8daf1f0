import numpy as np

BEND = 0.8


class Forecast:
    def __init__(self, n_in, n_hidden, n_out):
        rng = np.random.default_rng(1)
        self.p = {
            "W1": rng.normal(0, 0.4, (n_in, n_hidden)), "b1": np.zeros(n_hidden),
            "W2": rng.normal(0, 0.4, (n_hidden, n_out)), "b2": np.zeros(n_out),
        }

    def forward(self, X):
        self.X = X
        self.h = np.tanh(X @ self.p["W1"] + self.p["b1"])
        return self.h @ self.p["W2"] + self.p["b2"]

    def smooth(self, X, y):
        r = (self.forward(X) - y) / BEND
        return np.mean(BEND ** 2 * (np.sqrt(1 + r ** 2) - 1))

    def gradients(self, X, y):
        r = self.forward(X) - y
        d2 = r / np.sqrt(1 + (r / BEND) ** 2) / r.size
        g = {"W2": self.h.T @ d2, "b2": d2.sum(axis=0)}
        d1 = d2 @ self.p["W2"].T * (1 - self.h ** 2)
        g["W1"], g["b1"] = self.X.T @ d1, d1.sum(axis=0)
        return g

    def fit(self, X, y, lr=0.1, epochs=100):
        for _ in range(epochs):
            g = self.gradients(X, y)
            for k in self.p:
                self.p[k] -= lr * g[k]
