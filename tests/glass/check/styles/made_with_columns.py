import numpy as np

class Red:
    def __init__(self, X, Y, ocultas=5, tasa=0.5, epocas=600):
        self.X, self.Y, self.tasa, self.epocas = X, Y, tasa, epocas
        self.m = X.shape[1]
        self.W1 = np.random.randn(ocultas, X.shape[0])
        self.b1 = np.zeros((ocultas, 1))
        self.W2 = np.random.randn(1, ocultas)
        self.b2 = np.zeros((1, 1))

    def propagar(self):
        self.A1 = np.tanh(self.W1 @ self.X + self.b1)
        self.A2 = 1 / (1 + np.exp(-(self.W2 @ self.A1 + self.b2)))

    def retropropagar(self):
        dZ2 = (self.A2 - self.Y) / self.m
        self.dW2 = dZ2 @ self.A1.T
        self.db2 = np.sum(dZ2, axis=1, keepdims=True)
        dZ1 = self.W2.T @ dZ2 * (1 - self.A1 ** 2)
        self.dW1 = dZ1 @ self.X.T
        self.db1 = np.sum(dZ1, axis=1, keepdims=True)

    def entrenar(self):
        for _ in range(self.epocas):
            self.propagar()
            self.retropropagar()
            for name in ("W1", "b1", "W2", "b2"):
                setattr(self, name, getattr(self, name) - self.tasa * getattr(self, "d" + name))
