import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split


class BinaryClassifier:
    def __init__(self, n_features, n_hidden=16, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params = {
            "W1": np.random.randn(n_features, n_hidden) * np.sqrt(2 / n_features),
            "b1": np.zeros((1, n_hidden)),
            "W2": np.random.randn(n_hidden, 1) * np.sqrt(1 / n_hidden),
            "b2": np.zeros((1, 1)),
        }
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t = 0
        self.m = {k: np.zeros_like(v) for k, v in self.params.items()}
        self.v = {k: np.zeros_like(v) for k, v in self.params.items()}

    def relu(self, z):
        return z * (z > 0)

    def sigmoid(self, z):
        return 1.0 / (1.0 + np.exp(-np.clip(z, -500, 500)))

    def forward(self, X):
        p = self.params
        self.X = X
        self.Z1 = X @ p["W1"] + p["b1"]
        self.A1 = self.relu(self.Z1)
        self.Z2 = self.A1 @ p["W2"] + p["b2"]
        self.A2 = self.sigmoid(self.Z2)
        return self.A2

    def bce(self, y, p):
        p = np.clip(p, 1e-10, 1 - 1e-10)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def backward(self, y):
        n = y.shape[0]
        dZ2 = self.A2 - y
        dA1 = dZ2 @ self.params["W2"].T
        dZ1 = dA1 * (self.Z1 > 0)
        return {
            "W1": self.X.T @ dZ1 / n,
            "b1": dZ1.mean(axis=0, keepdims=True),
            "W2": self.A1.T @ dZ2 / n,
            "b2": dZ2.mean(axis=0, keepdims=True),
        }

    def adam_step(self, grads):
        self.t += 1
        for k in self.params:
            self.m[k] = self.beta1 * self.m[k] + (1 - self.beta1) * grads[k]
            self.v[k] = self.beta2 * self.v[k] + (1 - self.beta2) * grads[k] ** 2
            m_hat = self.m[k] / (1 - self.beta1 ** self.t)
            v_hat = self.v[k] / (1 - self.beta2 ** self.t)
            self.params[k] -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)

    def fit(self, X, y, epochs=100, batch_size=32):
        y = y.reshape(-1, 1)
        for epoch in range(epochs):
            order = np.random.permutation(len(X))
            for i in range(0, len(X), batch_size):
                b = order[i:i + batch_size]
                self.forward(X[b])
                self.adam_step(self.backward(y[b]))
            if (epoch + 1) % 10 == 0:
                print(f"epoch {epoch + 1}: loss={self.bce(y, self.forward(X)):.4f}")
        return self

    def predict(self, X):
        return (self.forward(X) >= 0.5).astype(int).ravel()


if __name__ == "__main__":
    X, y = load_breast_cancer(return_X_y=True)
    Xtr, Xte, ytr, yte = train_test_split(X, y, test_size=0.2, random_state=7, stratify=y)
    mean, std = Xtr.mean(axis=0), Xtr.std(axis=0)
    Xtr, Xte = (Xtr - mean) / std, (Xte - mean) / std
    clf = BinaryClassifier(Xtr.shape[1]).fit(Xtr, ytr)
    print("test accuracy:", np.mean(clf.predict(Xte) == yte))
