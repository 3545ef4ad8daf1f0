import numpy as np

class MLPRegressor:
    def __init__(self, layer_sizes, lr=0.01, dropout=0.2, clip=1.0, l1=0.0, l2=0.01):
        self.lr, self.dropout, self.clip, self.l1, self.l2 = lr, dropout, clip, l1, l2
        self.layers = []
        for n_in, n_out in zip(layer_sizes[:-1], layer_sizes[1:]):
            W = np.random.randn(n_in, n_out) * np.sqrt(1 / n_in)
            self.layers.append({"W": W, "b": np.zeros((1, n_out))})
        self.training = True

    def forward(self, X):
        self.inputs, self.masks = [], []
        out = X
        for i, layer in enumerate(self.layers):
            self.inputs.append(out)
            out = out @ layer["W"] + layer["b"]
            if i < len(self.layers) - 1:
                out = np.tanh(out)
                if self.training and self.dropout > 0:
                    mask = (np.random.rand(*out.shape) > self.dropout) / (1 - self.dropout)
                else:
                    mask = np.ones_like(out)
                self.masks.append((mask, out))
                out = out * mask
        return out

    def train_batch(self, X, y):
        pred = self.forward(X)
        grad = 2 * (pred - y) / X.shape[0]
        for i in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[i]
            if i < len(self.layers) - 1:
                mask, a = self.masks[i]
                grad = grad * mask * (1 - a ** 2)
            dW = self.inputs[i].T @ grad + 2 * self.l2 * layer["W"] + self.l1 * np.sign(layer["W"])
            db = np.sum(grad, axis=0, keepdims=True)
            grad = grad @ layer["W"].T
            norm = np.linalg.norm(dW)
            if norm > self.clip:
                dW = dW * self.clip / norm
            layer["W"] -= self.lr * dW
            layer["b"] -= self.lr * db
        return np.mean((pred - y) ** 2)
