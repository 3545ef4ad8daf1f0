import numpy as np


class Counter:
    def __init__(self, n_in, n_hidden, n_out):
        self.w1 = np.random.randn(n_in, n_hidden) * 0.3
        self.b1 = np.zeros((1, n_hidden))
        self.w2 = np.random.randn(n_hidden, n_out) * 0.3
        self.b2 = np.zeros((1, n_out))

    def forward(self, x):
        self.x = x
        self.a1 = np.tanh(x @ self.w1 + self.b1)
        self.rate = np.exp(self.a1 @ self.w2 + self.b2)
        return self.rate

    def backward(self, y):
        d2 = (self.rate - y) / len(y)
        self.dw2 = self.a1.T @ d2
        self.db2 = d2.sum(axis=0, keepdims=True)
        d1 = d2 @ self.w2.T * (1 - self.a1 ** 2)
        self.dw1 = self.x.T @ d1
        self.db1 = d1.sum(axis=0, keepdims=True)

    def step(self, lr):
        self.w1 -= lr * self.dw1
        self.b1 -= lr * self.db1
        self.w2 -= lr * self.dw2
        self.b2 -= lr * self.db2


def poisson(rate, y):
    return np.mean(np.sum(rate - y * np.log(rate), axis=1))
