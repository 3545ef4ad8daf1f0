import numpy as np

class Classifier:
    def __init__(self, hidden=8, learning_rate=0.1, epochs=10):
        self.hidden, self.learning_rate, self.epochs = hidden, learning_rate, epochs

    def init_weights(self, n_features, n_classes):
        self.W1 = np.random.randn(n_features, self.hidden)
        self.b1 = np.zeros(self.hidden)
        self.W2 = np.random.randn(self.hidden, n_classes)
        self.b2 = np.zeros(n_classes)

    def logits(self, x):
        self.h = np.maximum(0, x @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def loss_and_grads(self, x, y):
        z = self.logits(x)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(len(y)), y]))
        delta = p.copy()
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        dh = delta @ self.W2.T * (self.h > 0)
        return loss, [x.T @ dh, dh.sum(axis=0), self.h.T @ delta, delta.sum(axis=0)]

    def fit(self, x, y, x_val, y_val):
        self.init_weights(x.shape[1], int(y.max()) + 1)
        for _ in range(self.epochs):
            _, grads = self.loss_and_grads(x, y)
            for p, g in zip([self.W1, self.b1, self.W2, self.b2], grads):
                p -= self.learning_rate * g
            print(self.loss_and_grads(x_val, y_val)[0])
