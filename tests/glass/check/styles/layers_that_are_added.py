import numpy as np

class Dense:
    def __init__(self, input_size, num_units):
        self.weights = np.random.rand(input_size, num_units)
        self.bias = np.random.rand(num_units)

    def activate(self, inputs):
        self.last = 1 / (1 + np.exp(-(inputs @ self.weights + self.bias)))
        return self.last

class Stack:
    def __init__(self):
        self._layers = []

    def add_layer(self, layer):
        self._layers.append(layer)

    def feed_forward(self, X):
        for layer in self._layers:
            X = layer.activate(X)
        return X

    def back_propagation(self, X, y):
        output = self.feed_forward(X)
        for i in reversed(range(len(self._layers))):
            layer = self._layers[i]
            if layer is self._layers[-1]:
                layer.delta = (y - output) * output * (1 - output)
            else:
                after = self._layers[i + 1]
                layer.delta = after.weights @ after.delta * layer.last * (1 - layer.last)
        for i, layer in enumerate(self._layers):
            entered = np.atleast_2d(X if i == 0 else self._layers[i - 1].last)
            layer.weights += 0.1 * entered.T * layer.delta
            layer.bias += 0.1 * layer.delta

    def train(self, X, y, n_epochs=200):
        for i in range(n_epochs):
            for j in range(len(X)):
                self.back_propagation(X[j], y[j])
