import numpy as np

EPOCHS = 500
LAMBDA = 0.1

class Config:
    MOMENTUM = 0.9
    LEARNING_RATE = 0.01

class Network:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_in, n_hidden)
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, n_out)
        self.b2 = np.zeros((1, n_out))

    def forward(self, X):
        self.h = np.tanh(X @ self.W1 + self.b1)
        z = self.h @ self.W2 + self.b2
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def train(self, X, Y):
        for _ in range(EPOCHS):
            d2 = (self.forward(X) - Y) / len(X)
            d1 = d2 @ self.W2.T * (1 - self.h ** 2)
            self.W2 -= Config.LEARNING_RATE * (self.h.T @ d2 + LAMBDA * self.W2)
            self.b2 -= Config.LEARNING_RATE * d2.sum(axis=0, keepdims=True)
            self.W1 -= Config.LEARNING_RATE * (X.T @ d1 + LAMBDA * self.W1)
            self.b1 -= Config.LEARNING_RATE * d1.sum(axis=0, keepdims=True)
