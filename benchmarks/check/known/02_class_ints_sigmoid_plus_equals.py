# Simple neural network with one hidden layer, no frameworks
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.model_selection import train_test_split

np.random.seed(42)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    # x is already the output of the sigmoid here
    return x * (1 - x)


class NeuralNetwork:
    def __init__(self, input_size, hidden_size, output_size, learning_rate=0.1):
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.lr = learning_rate

        self.W1 = np.random.uniform(-1, 1, (input_size, hidden_size))
        self.b1 = np.zeros((1, hidden_size))
        self.W2 = np.random.uniform(-1, 1, (hidden_size, output_size))
        self.b2 = np.zeros((1, output_size))

        self.loss_history = []

    def forward(self, X):
        self.z1 = np.dot(X, self.W1) + self.b1
        self.a1 = sigmoid(self.z1)
        self.z2 = np.dot(self.a1, self.W2) + self.b2
        self.output = sigmoid(self.z2)
        return self.output

    def backward(self, X, y):
        # error at the output
        error = y - self.output
        d_output = error * sigmoid_derivative(self.output)

        # error of the hidden layer
        error_hidden = np.dot(d_output, self.W2.T)
        d_hidden = error_hidden * sigmoid_derivative(self.a1)

        # update
        self.W2 += self.lr * np.dot(self.a1.T, d_output)
        self.b2 += self.lr * np.sum(d_output, axis=0, keepdims=True)
        self.W1 += self.lr * np.dot(X.T, d_hidden)
        self.b1 += self.lr * np.sum(d_hidden, axis=0, keepdims=True)

    def loss(self, y):
        return 0.5 * np.sum((y - self.output) ** 2)

    def train(self, X, y, epochs):
        for epoch in range(epochs):
            self.forward(X)
            self.loss_history.append(self.loss(y))
            self.backward(X, y)
            if epoch % 500 == 0:
                print(f"epoch {epoch}, loss {self.loss_history[-1]:.5f}")

    def predict(self, X):
        return np.argmax(self.forward(X), axis=1)


if __name__ == "__main__":
    data = pd.read_csv("seeds.csv")
    X = data.drop("type", axis=1).values
    labels = data["type"].values - 1  # the file counts from 1
    Y = np.eye(3)[labels]

    X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.25, random_state=1)
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    X_train = (X_train - mean) / std
    X_test = (X_test - mean) / std

    nn = NeuralNetwork(X.shape[1], 8, 3, learning_rate=0.01)
    nn.train(X_train, Y_train, 5000)

    accuracy = np.mean(nn.predict(X_test) == np.argmax(Y_test, axis=1))
    print("Test accuracy:", accuracy)

    plt.plot(nn.loss_history)
    plt.xlabel("epoch")
    plt.ylabel("loss")
    plt.show()
