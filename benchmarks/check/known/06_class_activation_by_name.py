"""MLP classifier whose hidden activation can be chosen by name."""
import numpy as np


class NeuralNet:
    def __init__(self, n_input, n_hidden, n_output, activation="relu", learning_rate=0.01, seed=0):
        rng = np.random.default_rng(seed)
        self.w1 = rng.normal(0, np.sqrt(2 / (n_input + n_hidden)), size=(n_input, n_hidden))
        self.b1 = np.zeros(n_hidden)
        self.w2 = rng.normal(0, np.sqrt(2 / (n_hidden + n_output)), size=(n_hidden, n_output))
        self.b2 = np.zeros(n_output)
        self.activation = activation
        self.learning_rate = learning_rate

    def activate(self, z):
        if self.activation == "relu":
            return np.maximum(z, 0)
        elif self.activation == "sigmoid":
            return 1 / (1 + np.exp(-z))
        elif self.activation == "tanh":
            return np.tanh(z)
        elif self.activation == "leaky_relu":
            return np.where(z > 0, z, 0.01 * z)
        raise ValueError("unknown activation: " + self.activation)

    def activate_derivative(self, z):
        if self.activation == "relu":
            return np.where(z > 0, 1.0, 0.0)
        elif self.activation == "sigmoid":
            s = 1 / (1 + np.exp(-z))
            return s * (1 - s)
        elif self.activation == "tanh":
            return 1 - np.tanh(z) ** 2
        elif self.activation == "leaky_relu":
            return np.where(z > 0, 1.0, 0.01)
        raise ValueError("unknown activation: " + self.activation)

    def softmax(self, z):
        exps = np.exp(z - z.max(axis=1, keepdims=True))
        return exps / exps.sum(axis=1, keepdims=True)

    def forward(self, X):
        z1 = X @ self.w1 + self.b1
        a1 = self.activate(z1)
        z2 = a1 @ self.w2 + self.b2
        a2 = self.softmax(z2)
        return z1, a1, z2, a2

    def compute_loss(self, y_true, y_pred):
        n = y_true.shape[0]
        return -np.sum(y_true * np.log(y_pred + 1e-9)) / n

    def backward(self, X, y_true, z1, a1, a2):
        n = X.shape[0]
        dz2 = (a2 - y_true) / n
        dw2 = a1.T @ dz2
        db2 = dz2.sum(axis=0)
        da1 = dz2 @ self.w2.T
        dz1 = da1 * self.activate_derivative(z1)
        dw1 = X.T @ dz1
        db1 = dz1.sum(axis=0)
        return dw1, db1, dw2, db2

    def update_params(self, dw1, db1, dw2, db2):
        self.w1 -= self.learning_rate * dw1
        self.b1 -= self.learning_rate * db1
        self.w2 -= self.learning_rate * dw2
        self.b2 -= self.learning_rate * db2

    def train(self, X, y, epochs=1000):
        for i in range(epochs):
            z1, a1, z2, a2 = self.forward(X)
            grads = self.backward(X, y, z1, a1, a2)
            self.update_params(*grads)
            if i % 100 == 0:
                print("iteration", i, "loss", self.compute_loss(y, a2))

    def predict(self, X):
        return self.forward(X)[3].argmax(axis=1)


def main():
    from sklearn.datasets import load_wine
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    X, y = load_wine(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y)
    scaler = StandardScaler().fit(X_train)
    X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    for name in ["relu", "sigmoid", "tanh", "leaky_relu"]:
        net = NeuralNet(13, 16, 3, activation=name, learning_rate=0.1)
        net.train(X_train, np.eye(3)[y_train])
        print(name, "accuracy:", (net.predict(X_test) == y_test).mean())


if __name__ == "__main__":
    main()
