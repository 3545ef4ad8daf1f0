import csv
import os
import random
from abc import ABC, abstractmethod

import numpy as np


class ActivationFunction(ABC):
    @abstractmethod
    def activate(self, net: float) -> float:
        pass

    @abstractmethod
    def derivative(self, output: float) -> float:
        """Derivative expressed through the output of activate()."""


class SigmoidActivation(ActivationFunction):
    def activate(self, net):
        return 1.0 / (1.0 + np.exp(-net))

    def derivative(self, output):
        return output * (1.0 - output)


class TanhActivation(ActivationFunction):
    def activate(self, net):
        return np.tanh(net)

    def derivative(self, output):
        return 1.0 - output * output


class Neuron:
    def __init__(self, numInputs: int, activation: ActivationFunction):
        self.__weights = np.random.uniform(-0.5, 0.5, numInputs)
        self.__bias = np.random.uniform(-0.5, 0.5)
        self.__activation = activation
        self.__inputs = None
        self.__output = 0.0
        self.__delta = 0.0

    def getWeights(self):
        return self.__weights

    def setWeights(self, weights):
        self.__weights = np.array(weights, dtype=float)

    def getBias(self):
        return self.__bias

    def setBias(self, bias):
        self.__bias = bias

    def getOutput(self):
        return self.__output

    def getDelta(self):
        return self.__delta

    def fire(self, inputs):
        self.__inputs = inputs
        self.__output = self.__activation.activate(np.dot(self.__weights, inputs) + self.__bias)
        return self.__output

    def computeDelta(self, error):
        self.__delta = error * self.__activation.derivative(self.__output)

    def adjust(self, learningRate):
        self.__weights = self.__weights + learningRate * self.__delta * self.__inputs
        self.__bias = self.__bias + learningRate * self.__delta


class Layer:
    def __init__(self, numNeurons, numInputs, activation):
        self.neurons = [Neuron(numInputs, activation) for _ in range(numNeurons)]

    def process(self, inputs):
        return np.array([neuron.fire(inputs) for neuron in self.neurons])

    def errorForPreviousNeuron(self, index):
        total = 0.0
        for neuron in self.neurons:
            total += neuron.getWeights()[index] * neuron.getDelta()
        return total


class NeuralNetwork:
    def __init__(self, topology, hiddenActivation=None):
        hidden = hiddenActivation if hiddenActivation is not None else TanhActivation()
        self.layers = []
        for i in range(1, len(topology)):
            isOutput = (i == len(topology) - 1)
            self.layers.append(Layer(topology[i], topology[i - 1], SigmoidActivation() if isOutput else hidden))

    def feedForward(self, inputs):
        signal = inputs
        for layer in self.layers:
            signal = layer.process(signal)
        return signal

    def trainOne(self, inputs, expected, learningRate):
        """One online step; returns the half squared error before the step."""
        actual = self.feedForward(inputs)
        for neuron, e, a in zip(self.layers[-1].neurons, expected, actual):
            neuron.computeDelta(e - a)
        for i in range(len(self.layers) - 2, -1, -1):
            nextLayer = self.layers[i + 1]
            for j, neuron in enumerate(self.layers[i].neurons):
                neuron.computeDelta(nextLayer.errorForPreviousNeuron(j))
        # all deltas are known, only now the weights may move
        for layer in self.layers:
            for neuron in layer.neurons:
                neuron.adjust(learningRate)
        return 0.5 * np.sum((expected - actual) ** 2)

    def classify(self, inputs):
        return int(np.argmax(self.feedForward(inputs)))


class Main:
    LABELS = ["Iris-setosa", "Iris-versicolor", "Iris-virginica"]

    @staticmethod
    def loadData(path):
        samples = []
        with open(path) as f:
            for row in csv.reader(f):
                if len(row) == 5:
                    target = np.zeros(3)
                    target[Main.LABELS.index(row[4])] = 1.0
                    samples.append((np.array([float(v) for v in row[:4]]) / 10.0, target))
        return samples

    @staticmethod
    def main(args):
        samples = Main.loadData(args[0])
        random.shuffle(samples)
        split = int(len(samples) * 0.8)
        trainSet, testSet = samples[:split], samples[split:]
        network = NeuralNetwork([4, 6, 3])
        for epoch in range(200):
            random.shuffle(trainSet)
            sumError = 0.0
            for inputs, expected in trainSet:
                sumError += network.trainOne(inputs, expected, 0.3)
            if epoch % 20 == 0:
                print("Epoch " + str(epoch) + ": error = " + str(sumError))
        correct = len([1 for x, t in testSet if network.classify(x) == int(np.argmax(t))])
        print("Accuracy: " + str(100.0 * correct / len(testSet)) + "%")


if __name__ == "__main__":
    if os.path.exists("iris.data"):
        Main.main(["iris.data"])
