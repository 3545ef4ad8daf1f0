import numpy as np

class Unit:
    def __init__(self, inputs):
        self.weights = np.random.uniform(-1, 1, inputs)

class Net:
    def __init__(self, activation):
        self.layers = []
        if activation == "sigmoid":
            self.f = self.sigmoid

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def add_layer(self, inputs, outputs):
        self.layers.append([Unit(inputs + 1) for _ in range(outputs)])

    def forward_prop(self, inputs):
        for layer in self.layers:
            for unit in layer:
                unit.a = self.f(np.dot(unit.weights[:-1], inputs) + unit.weights[-1])
            inputs = [unit.a for unit in layer]
        return inputs

    def back_prop(self, expected):
        for i in reversed(range(len(self.layers))):
            for j, unit in enumerate(self.layers[i]):
                if i == len(self.layers) - 1:
                    error = expected[j] - unit.a
                else:
                    error = sum(after.weights[j] * after.delta for after in self.layers[i + 1])
                unit.delta = error * unit.a * (1 - unit.a)

    def update_weights(self, inputs, rate):
        for layer in self.layers:
            for unit in layer:
                for j, entered in enumerate(inputs):
                    unit.weights[j] += rate * unit.delta * entered
                unit.weights[-1] += rate * unit.delta
            inputs = [unit.a for unit in layer]

    def train(self, rows, rate, epochs):
        for epoch in range(epochs):
            for row in rows:
                wanted = [0] * len(self.layers[-1])
                wanted[row[-1]] = 1
                self.forward_prop(row[:-1])
                self.back_prop(wanted)
                self.update_weights(row[:-1], rate)
