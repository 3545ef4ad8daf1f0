# My first neural network: learns XOR with one hidden layer
import numpy as np


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


# derivative, p is sigmoid(t)
def sigmoid_derivative(p):
    return p * (1 - p)


class NeuralNetwork:
    def __init__(self, x, y):
        self.input = x
        self.y = y
        self.weights1 = np.random.rand(self.input.shape[1], 4)
        self.bias1 = np.random.rand(4)
        self.weights2 = np.random.rand(4, self.y.shape[1])
        self.bias2 = np.random.rand(self.y.shape[1])
        self.output = np.zeros(self.y.shape)

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1) + self.bias1)
        self.layer2 = sigmoid(np.dot(self.layer1, self.weights2) + self.bias2)
        return self.layer2

    def backprop(self):
        # chain rule on the sum of squares (y - output)^2
        d_layer2 = 2 * (self.y - self.output) * sigmoid_derivative(self.output)
        d_layer1 = np.dot(d_layer2, self.weights2.T) * sigmoid_derivative(self.layer1)

        d_weights2 = np.dot(self.layer1.T, d_layer2)
        d_weights1 = np.dot(self.input.T, d_layer1)

        # y - output above, that is why we add
        self.weights1 += d_weights1
        self.bias1 += d_layer1.sum(axis=0)
        self.weights2 += d_weights2
        self.bias2 += d_layer2.sum(axis=0)

    def train(self):
        self.output = self.feedforward()
        self.backprop()

    def think(self, x):
        hidden = sigmoid(np.dot(x, self.weights1) + self.bias1)
        return sigmoid(np.dot(hidden, self.weights2) + self.bias2)


X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
y = np.array([[0], [1], [1], [0]], dtype=float)

NN = NeuralNetwork(X, y)

for i in range(3000):
    if i % 500 == 0:
        print("iteration", i, "loss:", np.mean(np.square(y - NN.feedforward())))
    NN.train()

print("Predicted output:")
print(NN.think(X))
