import numpy as np

class Classifier:
    def __init__(self, learning_rate=0.01, epochs=100, hidden_units=8):
        self.learning_rate, self.epochs, self.hidden_units = learning_rate, epochs, hidden_units

    def softmax(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def fit(self, X, T, X_val, T_val):
        self.w1 = np.random.randn(X.shape[1], self.hidden_units)
        self.b1 = np.zeros((1, self.hidden_units))
        self.w2 = np.random.randn(self.hidden_units, T.shape[1])
        self.b2 = np.zeros((1, T.shape[1]))
        for epoch in range(self.epochs):
            h = np.tanh(X @ self.w1 + self.b1)
            p = self.softmax(h @ self.w2 + self.b2)
            d2 = (p - T) / len(X)
            d1 = d2 @ self.w2.T * (1 - h ** 2)
            self.w2 -= self.learning_rate * h.T @ d2
            self.b2 -= self.learning_rate * d2.sum(axis=0)
            self.w1 -= self.learning_rate * X.T @ d1
            self.b1 -= self.learning_rate * d1.sum(axis=0)
            print("right", np.mean(self.predict(X_val) == T_val.argmax(axis=1)))

    def predict(self, X):
        h = np.tanh(X @ self.w1 + self.b1)
        return self.softmax(h @ self.w2 + self.b2).argmax(axis=1)
