import numpy as np
from sklearn.metrics import log_loss

class Deep:
    def __init__(self, X, y, hidden=(6, 6), lr=0.1, n_iter=50):
        sizes = [X.shape[0], *hidden, y.shape[0]]
        self.lr, self.n_iter = lr, n_iter
        self.parameters = {}
        for c in range(1, len(sizes)):
            self.parameters["W" + str(c)] = np.random.randn(sizes[c], sizes[c - 1])
            self.parameters["b" + str(c)] = np.random.randn(sizes[c], 1)

    def forward_propagation(self, X):
        activations = {"A0": X}
        for c in range(1, len(self.parameters) // 2 + 1):
            Z = self.parameters[f"W{c}"] @ activations[f"A{c - 1}"] + self.parameters[f"b{c}"]
            activations[f"A{c}"] = 1 / (1 + np.exp(-Z))
        return activations

    def back_propagation(self, y, activations):
        m, last = y.shape[1], len(self.parameters) // 2
        gradients = {}
        dZ = activations[f"A{last}"] - y
        for c in reversed(range(1, last + 1)):
            A = activations[f"A{c - 1}"]
            gradients[f"dW{c}"] = dZ @ A.T / m
            gradients[f"db{c}"] = np.sum(dZ, axis=1, keepdims=True) / m
            if c > 1:
                dZ = self.parameters[f"W{c}"].T @ dZ * A * (1 - A)
        return gradients

    def update(self, gradients):
        for c in range(1, len(self.parameters) // 2 + 1):
            self.parameters[f"W{c}"] = self.parameters[f"W{c}"] - self.lr * gradients[f"dW{c}"]
            self.parameters[f"b{c}"] = self.parameters[f"b{c}"] - self.lr * gradients[f"db{c}"]

    def fit(self, X_train, X_test, y_train, y_test):
        for i in range(self.n_iter):
            activations = self.forward_propagation(X_train)
            self.update(self.back_propagation(y_train, activations))
            print(log_loss(y_test, activations["A3"]))
