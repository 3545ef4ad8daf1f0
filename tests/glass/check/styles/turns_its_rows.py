import numpy as np

class Net:
    def __init__(self, layer_sizes):
        pairs = list(zip(layer_sizes[:-1], layer_sizes[1:]))
        self.weights = [np.random.randn(y, x) for x, y in pairs]
        self.biases = [np.random.randn(y, 1) for x, y in pairs]

    def tanh(self, z):
        return np.tanh(z)

    def tanh_prime(self, z):
        return 1 - self.tanh(z) ** 2

    def feed_forward(self, x):
        for w, b in zip(self.weights, self.biases):
            x = self.tanh(w @ x + b)
        return x

    def feed_backward(self, x, y):
        a, seen, sums = x.T, [x.T], []
        for w, b in zip(self.weights, self.biases):
            sums.append(w @ a + b)
            a = self.tanh(sums[-1])
            seen.append(a)
        grads_b, grads_w = [], []
        delta = (a - y.T) * self.tanh_prime(sums[-1])
        for i in range(1, len(self.weights) + 1):
            grads_b.insert(0, delta.sum(axis=1, keepdims=True))
            grads_w.insert(0, delta @ seen[-i - 1].T)
            if i < len(self.weights):
                delta = self.weights[-i].T @ delta * self.tanh_prime(sums[-i - 1])
        return grads_b, grads_w
