import random

import numpy as np

class Neuron:
    def __init__(self, n_inputs):
        self.__weights = np.array([random.uniform(-1, 1) for _ in range(n_inputs)])
        self.bias = random.uniform(-1, 1)

    def fire(self, inputs):
        self.inputs = inputs
        self.output = 1.0 / (1.0 + np.exp(-(self.__weights @ inputs + self.bias)))
        return self.output

    def weight(self, index):
        return self.__weights[index]

    def adjust(self, rate):
        self.__weights = self.__weights - rate * self.delta * self.inputs
        self.bias = self.bias - rate * self.delta

class Network:
    def __init__(self, n_inputs, n_hidden, n_outputs):
        self.hidden = [Neuron(n_inputs) for _ in range(n_hidden)]
        self.outputs = [Neuron(n_hidden) for _ in range(n_outputs)]

    def forward(self, inputs):
        inputs = np.array([neuron.fire(inputs) for neuron in self.hidden])
        return np.array([neuron.fire(inputs) for neuron in self.outputs])

    def train(self, inputs, expected, rate):
        self.forward(inputs)
        for neuron, target in zip(self.outputs, expected):
            neuron.delta = (neuron.output - target) * neuron.output * (1 - neuron.output)
        for at, neuron in enumerate(self.hidden):
            error = sum(after.weight(at) * after.delta for after in self.outputs)
            neuron.delta = error * neuron.output * (1 - neuron.output)
        for neuron in self.hidden + self.outputs:
            neuron.adjust(rate)
