"""A network built of Neuron objects, slow but easy to follow."""
import random

import numpy as np


class Neuron:
    def __init__(self, n_inputs):
        self.weights = np.array([random.uniform(-1, 1) for _ in range(n_inputs)])
        self.bias = random.uniform(-1, 1)
        self.inputs = None
        self.output = 0.0
        self.delta = 0.0

    def activate(self, inputs):
        self.inputs = inputs
        total = np.dot(self.weights, inputs) + self.bias
        self.output = 1.0 / (1.0 + np.exp(-total))
        return self.output

    def derivative(self):
        return self.output * (1.0 - self.output)

    def adjust(self, rate):
        self.weights = self.weights - rate * self.delta * self.inputs
        self.bias = self.bias - rate * self.delta


class Layer:
    def __init__(self, n_neurons, n_inputs):
        self.neurons = [Neuron(n_inputs) for _ in range(n_neurons)]

    def feed(self, inputs):
        return np.array([neuron.activate(inputs) for neuron in self.neurons])


class Network:
    def __init__(self, n_inputs, hidden, n_outputs):
        self.layers = []
        previous = n_inputs
        for n in list(hidden) + [n_outputs]:
            self.layers.append(Layer(n, previous))
            previous = n

    def forward(self, inputs):
        values = np.array(inputs, dtype=float)
        for layer in self.layers:
            values = layer.feed(values)
        return values

    def backward(self, expected):
        for i in reversed(range(len(self.layers))):
            layer = self.layers[i]
            for j, neuron in enumerate(layer.neurons):
                if i == len(self.layers) - 1:
                    error = neuron.output - expected[j]
                else:
                    error = sum(n.weights[j] * n.delta for n in self.layers[i + 1].neurons)
                neuron.delta = error * neuron.derivative()

    def update(self, rate):
        for layer in self.layers:
            for neuron in layer.neurons:
                neuron.adjust(rate)

    def train(self, samples, expected, rate=0.5, epochs=1000):
        for epoch in range(epochs):
            error = 0.0
            for x, t in zip(samples, expected):
                output = self.forward(x)
                error += 0.5 * np.sum((np.array(t) - output) ** 2)
                self.backward(t)
                self.update(rate)
            if epoch % 200 == 0:
                print("epoch", epoch, "error", round(error, 4))

    def predict(self, inputs):
        return int(np.argmax(self.forward(inputs)))


if __name__ == "__main__":
    random.seed(4)
    # which quarter of the square is the point in?
    points = [(random.random(), random.random()) for _ in range(160)]
    labels = [2 * int(a > 0.5) + int(b > 0.5) for a, b in points]
    targets = [[1.0 if k == label else 0.0 for k in range(4)] for label in labels]

    net = Network(2, [6], 4)
    net.train(points[:120], targets[:120])
    hits = [net.predict(p) == label for p, label in zip(points[120:], labels[120:])]
    print("accuracy on new points:", sum(hits) / len(hits))
