import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class MLP:
    """Two layer perceptron: affine - relu - affine - softmax.

    X: (N, D), one row per sample.  y: (N,), class indices.
    """

    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-2, reg=0.0):
        self.reg = reg
        self.params = {}
        self.params["W1"] = weight_scale * np.random.randn(input_dim, hidden_dim)
        self.params["b1"] = np.zeros(hidden_dim)
        self.params["W2"] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params["b2"] = np.zeros(num_classes)

    def loss(self, X, y=None):
        """Scores if y is None, otherwise (loss, grads)."""
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N = X.shape[0]

        h = np.maximum(0, X.dot(W1) + b1)
        scores = h.dot(W2) + b2
        if y is None:
            return scores

        shifted = scores - scores.max(axis=1, keepdims=True)
        log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        probs = np.exp(log_probs)
        loss = -log_probs[np.arange(N), y].mean()
        loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        grads = {}
        dscores = probs.copy()
        dscores[np.arange(N), y] -= 1
        dscores /= N
        grads["W2"] = h.T.dot(dscores) + self.reg * W2
        grads["b2"] = dscores.sum(axis=0)
        dh = dscores.dot(W2.T)
        dh[h <= 0] = 0
        grads["W1"] = X.T.dot(dh) + self.reg * W1
        grads["b1"] = dh.sum(axis=0)
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-1, lr_decay=0.98,
              num_epochs=20, batch_size=50, verbose=True):
        num_train = X.shape[0]
        for epoch in range(num_epochs):
            order = np.random.permutation(num_train)
            for start in range(0, num_train, batch_size):
                batch = order[start:start + batch_size]
                loss, grads = self.loss(X[batch], y[batch])
                for name in self.params:
                    self.params[name] -= learning_rate * grads[name]
            learning_rate *= lr_decay
            if verbose:
                val_acc = (self.predict(X_val) == y_val).mean()
                print("epoch %d: loss %.4f, val acc %.3f" % (epoch, loss, val_acc))

    def predict(self, X):
        return self.loss(X).argmax(axis=1)


if __name__ == "__main__":
    digits = load_digits()
    X = digits.data / 16.0
    X_tr, X_te, y_tr, y_te = train_test_split(X, digits.target, test_size=0.2)
    X_tr, X_va, y_tr, y_va = train_test_split(X_tr, y_tr, test_size=0.2)
    model = MLP(64, 50, 10, reg=1e-4)
    model.train(X_tr, y_tr, X_va, y_va)
    print("test accuracy", (model.predict(X_te) == y_te).mean())
