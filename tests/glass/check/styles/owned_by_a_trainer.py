import numpy as np

class Tanh:
    def apply(self, value):
        return np.tanh(value)

    def derivative(self, value):
        return 1.0 - np.tanh(value) ** 2

class Layer:
    def __init__(self, inputCount, neuronCount, activation):
        self.__weights = np.random.randn(neuronCount, inputCount)
        self.__biases = np.zeros((neuronCount, 1))
        self.activation = activation

    def getWeights(self):
        return self.__weights

    def activate(self, inputColumn):
        self.input = inputColumn
        self.netInput = self.__weights @ inputColumn + self.__biases
        return self.activation.apply(self.netInput)

    def move(self, delta, rate):
        self.__weights = self.__weights + rate * delta @ self.input.T
        self.__biases = self.__biases + rate * delta

class NeuralNetwork:
    def __init__(self, layerSizes, activation):
        pairs = zip(layerSizes, layerSizes[1:])
        self.layers = [Layer(before, after, activation) for before, after in pairs]

    def compute(self, inputColumn):
        for layer in self.layers:
            inputColumn = layer.activate(inputColumn)
        return inputColumn

class Trainer:
    def __init__(self, network, learningRate):
        self.__network = network
        self.__learningRate = learningRate

    def trainExample(self, inputColumn, targetColumn):
        errorSignal = targetColumn - self.__network.compute(inputColumn)
        for layer in reversed(self.__network.layers):
            delta = errorSignal * layer.activation.derivative(layer.netInput)
            errorSignal = layer.getWeights().T @ delta
            layer.move(delta, self.__learningRate)

def main(features, classNames):
    network = NeuralNetwork([features.shape[1], 10, len(classNames)], Tanh())
    trainer = Trainer(network, 0.3)
