import numpy as np
from sklearn.datasets import fetch_openml
from tqdm import tqdm


class Network:
    """
    loss='mse'           : sigmoid outputs, half squared error
    loss='binary'        : sigmoid outputs, binary cross entropy per output
    loss='categorical'   : softmax outputs, cross entropy
    """

    def __init__(self, topology, loss="categorical"):
        assert loss in ("mse", "binary", "categorical")
        self.loss_name = loss
        self.n_layers = len(topology) - 1
        self.weights = []
        self.biases = []
        for i in range(self.n_layers):
            self.weights.append(np.random.randn(topology[i], topology[i + 1]) / np.sqrt(topology[i]))
            self.biases.append(np.zeros(topology[i + 1]))

    def sigmoid(self, z):
        return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))

    def softmax(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def output_activation(self, z):
        return self.softmax(z) if self.loss_name == "categorical" else self.sigmoid(z)

    def predict_proba(self, X):
        return self.forward(X)[-1]

    def forward(self, X):
        activations = [X]
        for i in range(self.n_layers):
            z = activations[-1] @ self.weights[i] + self.biases[i]
            activations.append(self.output_activation(z) if i == self.n_layers - 1 else np.tanh(z))
        return activations

    def loss(self, y_true, y_pred):
        n = len(y_true)
        if self.loss_name == "mse":
            return np.sum((y_true - y_pred) ** 2) / (2 * n)
        y_pred = np.clip(y_pred, 1e-12, 1 - 1e-12)
        if self.loss_name == "binary":
            return -np.sum(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)) / n
        return -np.sum(y_true * np.log(y_pred)) / n

    def output_delta(self, y_true, y_pred):
        if self.loss_name == "mse":
            return (y_pred - y_true) * y_pred * (1 - y_pred)
        # both cross entropies give the plain difference
        return y_pred - y_true

    def backward(self, activations, y_true):
        n = len(y_true)
        delta = self.output_delta(y_true, activations[-1]) / n
        grads = []
        for i in range(self.n_layers - 1, -1, -1):
            grads.append((activations[i].T @ delta, delta.sum(axis=0)))
            delta = (delta @ self.weights[i].T) * (1 - activations[i] ** 2)
        grads.reverse()
        return grads

    def fit(self, X, Y, lr=0.1, epochs=10, batch_size=64):
        for epoch in tqdm(range(epochs)):
            perm = np.random.permutation(len(X))
            for s in range(0, len(X), batch_size):
                rows = perm[s:s + batch_size]
                activations = self.forward(X[rows])
                for i, (gw, gb) in enumerate(self.backward(activations, Y[rows])):
                    self.weights[i] -= lr * gw
                    self.biases[i] -= lr * gb

    def evaluate(self, X, Y):
        p = self.predict_proba(X)
        return self.loss(Y, p), np.mean(p.argmax(axis=1) == Y.argmax(axis=1))


if __name__ == "__main__":
    X, y = fetch_openml("mnist_784", version=1, return_X_y=True, as_frame=False)
    X, Y = X / 255.0, np.eye(10)[y.astype(int)]
    for name in ["mse", "binary", "categorical"]:
        net = Network([784, 64, 10], loss=name)
        net.fit(X[:60000], Y[:60000])
        print(name, net.evaluate(X[60000:], Y[60000:]))
