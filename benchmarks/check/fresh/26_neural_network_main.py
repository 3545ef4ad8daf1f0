import csv
import sys

import numpy as np


class SigmoidActivation:
    def apply(self, value):
        return 1.0 / (1.0 + np.exp(-value))

    def derivative(self, value):
        result = self.apply(value)
        return result * (1.0 - result)


class TanhActivation:
    def apply(self, value):
        return np.tanh(value)

    def derivative(self, value):
        return 1.0 - np.tanh(value) ** 2


class Layer:
    def __init__(self, inputCount, neuronCount, activationFunction, random):
        self.__weights = random.uniform(-1.0, 1.0, (neuronCount, inputCount)) / np.sqrt(inputCount)
        self.__biases = np.zeros((neuronCount, 1))
        self.__activationFunction = activationFunction
        self.__input = None
        self.__netInput = None

    def getWeights(self):
        return self.__weights

    def setWeights(self, weights):
        self.__weights = weights

    def getBiases(self):
        return self.__biases

    def setBiases(self, biases):
        self.__biases = biases

    def getInput(self):
        return self.__input

    def getNetInput(self):
        return self.__netInput

    def getActivationFunction(self):
        return self.__activationFunction

    def activate(self, inputColumn):
        self.__input = inputColumn
        self.__netInput = self.__weights @ inputColumn + self.__biases
        return self.__activationFunction.apply(self.__netInput)


class NeuralNetwork:
    def __init__(self, layerSizes, hiddenActivation, outputActivation, seed=12345):
        random = np.random.default_rng(seed)
        self.__layers = []
        for i in range(1, len(layerSizes)):
            activation = outputActivation if i == len(layerSizes) - 1 else hiddenActivation
            self.__layers.append(Layer(layerSizes[i - 1], layerSizes[i], activation, random))

    def getLayers(self):
        return self.__layers

    def compute(self, inputColumn):
        result = inputColumn
        for layer in self.__layers:
            result = layer.activate(result)
        return result

    def calculateError(self, inputColumn, targetColumn):
        difference = targetColumn - self.compute(inputColumn)
        return 0.5 * float(np.sum(difference * difference))


class BackpropagationTrainer:
    """Online gradient descent on the squared error 0.5 * sum((t - o)^2)."""

    def __init__(self, network, learningRate):
        self.__network = network
        self.__learningRate = learningRate

    def setLearningRate(self, learningRate):
        self.__learningRate = learningRate

    def trainExample(self, inputColumn, targetColumn):
        layers = self.__network.getLayers()
        output = self.__network.compute(inputColumn)
        # descent direction, hence target minus output
        errorSignal = targetColumn - output
        for i in range(len(layers) - 1, -1, -1):
            layer = layers[i]
            delta = errorSignal * layer.getActivationFunction().derivative(layer.getNetInput())
            errorSignal = layer.getWeights().T @ delta
            layer.setWeights(layer.getWeights() + self.__learningRate * (delta @ layer.getInput().T))
            layer.setBiases(layer.getBiases() + self.__learningRate * delta)

    def trainEpoch(self, dataSet, random):
        for index in random.permutation(dataSet.size()):
            self.trainExample(dataSet.getInput(index), dataSet.getTarget(index))


class DataSet:
    def __init__(self, features, labels, classCount):
        self.__features, self.__labels, self.__classCount = features, labels, classCount

    def size(self):
        return len(self.__labels)

    def getLabel(self, index):
        return self.__labels[index]

    def getInput(self, index):
        return self.__features[index].reshape(-1, 1)

    def getTarget(self, index):
        target = np.zeros((self.__classCount, 1))
        target[self.getLabel(index), 0] = 1.0
        return target


def main(args):
    fileName = args[1] if len(args) > 1 else "seeds.csv"
    with open(fileName, newline="") as handle:
        rows = [row for row in csv.reader(handle) if row]
    features = np.array([[float(cell) for cell in row[:-1]] for row in rows])
    classNames = sorted({row[-1] for row in rows})
    labels = np.array([classNames.index(row[-1]) for row in rows])

    random = np.random.default_rng(99)
    order = random.permutation(len(rows))
    cut = int(0.75 * len(rows))
    low, high = features[order[:cut]].min(axis=0), features[order[:cut]].max(axis=0)
    features = (features - low) / (high - low)
    trainSet = DataSet(features[order[:cut]], labels[order[:cut]], len(classNames))
    testSet = DataSet(features[order[cut:]], labels[order[cut:]], len(classNames))

    network = NeuralNetwork([features.shape[1], 10, len(classNames)], TanhActivation(), SigmoidActivation())
    trainer = BackpropagationTrainer(network, 0.3)
    for epoch in range(1, 201):
        trainer.trainEpoch(trainSet, random)
        if epoch % 50 == 0:
            trainer.setLearningRate(0.3 / (1 + epoch / 50))
            total = sum(network.calculateError(trainSet.getInput(i), trainSet.getTarget(i)) for i in range(trainSet.size()))
            print("Epoch %d: mean error %.5f" % (epoch, total / trainSet.size()))

    correct = 0
    for i in range(testSet.size()):
        if int(np.argmax(network.compute(testSet.getInput(i)))) == testSet.getLabel(i):
            correct += 1
    print("Accuracy: %d/%d" % (correct, testSet.size()))


if __name__ == "__main__":
    main(sys.argv)
