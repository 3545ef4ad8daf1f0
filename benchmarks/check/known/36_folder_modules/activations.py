import numpy as np


class Tanh:
    def forward(self, z):
        return np.tanh(z)

    def backward(self, z, grad):
        return grad * (1 - np.tanh(z) ** 2)


class ReLU:
    def forward(self, z):
        return np.maximum(0, z)

    def backward(self, z, grad):
        return grad * (z > 0)


class Sigmoid:
    def forward(self, z):
        return 1 / (1 + np.exp(-z))

    def backward(self, z, grad):
        s = self.forward(z)
        return grad * s * (1 - s)


class Softmax:
    def forward(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, z, grad):
        # the product of the full Jacobian of every row with its gradient
        p = self.forward(z)
        return p * (grad - np.sum(grad * p, axis=1, keepdims=True))
