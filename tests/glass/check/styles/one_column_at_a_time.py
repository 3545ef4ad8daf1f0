import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

class Toy:
    def __init__(self, numI, numH, numO):
        self.inodes, self.onodes, self.lr = numI, numO, 0.1
        self.weights_ih = np.random.random((numH, numI))
        self.weights_ho = np.random.random((numO, numH))
        self.bias_h = np.random.random((numH, 1))
        self.bias_o = np.random.random((numO, 1))

    def train(self, inputs_list, replies_list):
        x = np.array(inputs_list).reshape(self.inodes, 1)
        wanted = np.array(replies_list).reshape(self.onodes, 1)
        h = sigmoid(self.weights_ih @ x + self.bias_h)
        o = sigmoid(self.weights_ho @ h + self.bias_o)
        delta_o = (wanted - o) * o * (1 - o)
        delta_h = self.weights_ho.T @ delta_o * h * (1 - h)
        self.weights_ho += self.lr * delta_o @ h.T
        self.bias_o += self.lr * delta_o
        self.weights_ih += self.lr * delta_h @ x.T
        self.bias_h += self.lr * delta_h
