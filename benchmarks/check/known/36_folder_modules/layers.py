import numpy as np


class Dense:
    """Fully connected layer, one sample per row."""

    def __init__(self, n_in, n_out, activation):
        self.W = np.random.randn(n_in, n_out) * np.sqrt(2.0 / (n_in + n_out))
        self.b = np.zeros(n_out)
        self.activation = activation

    def forward(self, x):
        self.x = x
        self.z = x @ self.W + self.b
        self.a = self.activation.forward(self.z)
        return self.a

    def backward(self, grad):
        """grad: derivative of the loss with respect to the output of this layer."""
        grad_z = self.activation.backward(self.z, grad)
        self.grad_W = self.x.T @ grad_z
        self.grad_b = grad_z.sum(axis=0)
        return grad_z @ self.W.T

    def update(self, learning_rate):
        self.W -= learning_rate * self.grad_W
        self.b -= learning_rate * self.grad_b
