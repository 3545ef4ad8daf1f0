"""Trains a small network on the digits that come with scikit-learn."""
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from activations import ReLU, Softmax, Tanh
from layers import Dense
from losses import CrossEntropy


class NeuralNetwork:
    def __init__(self, layers, loss):
        self.layers = layers
        self.loss = loss

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, prediction, target):
        grad = self.loss.gradient(prediction, target)
        for layer in reversed(self.layers):
            grad = layer.backward(grad)

    def train(self, x, target, epochs=30, batch_size=32, learning_rate=0.1):
        for epoch in range(epochs):
            order = np.random.permutation(len(x))
            losses = []
            for start in range(0, len(x), batch_size):
                rows = order[start:start + batch_size]
                prediction = self.forward(x[rows])
                losses.append(self.loss.loss(prediction, target[rows]))
                self.backward(prediction, target[rows])
                for layer in self.layers:
                    layer.update(learning_rate)
            print(f"Epoch {epoch}: {np.mean(losses):.4f}")

    def predict(self, x):
        return self.forward(x).argmax(axis=1)


def build_network():
    layers = [Dense(64, 48, ReLU()), Dense(48, 24, Tanh()), Dense(24, 10, Softmax())]
    return NeuralNetwork(layers, CrossEntropy())


if __name__ == "__main__":
    x, y = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x / 16, y, test_size=0.25)
    network = build_network()
    network.train(x_train, np.eye(10)[y_train])
    print("Test accuracy:", np.mean(network.predict(x_test) == y_test))
