import numpy as np
import matplotlib.pyplot as plt
from keras.datasets import mnist


class DropoutNetwork:
    # keep_prob is the probability that a hidden unit is KEPT
    def __init__(self, n_in, n_hidden, n_out, keep_prob=0.8, alpha=0.1):
        self.keep_prob = keep_prob
        self.alpha = alpha
        self.W1 = np.random.randn(n_in, n_hidden) * np.sqrt(2.0 / n_in)
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, n_out) * np.sqrt(2.0 / n_hidden)
        self.b2 = np.zeros((1, n_out))

    def _softmax(self, z):
        z = z - np.max(z, axis=-1, keepdims=True)
        e = np.exp(z)
        return e / e.sum(axis=-1, keepdims=True)

    def forward(self, X, training=False):
        self.X = X
        self.Z1 = np.dot(X, self.W1) + self.b1
        self.A1 = np.maximum(0, self.Z1)
        if training:
            # inverted dropout, so that nothing has to be scaled when predicting
            self.D1 = (np.random.rand(*self.A1.shape) < self.keep_prob) / self.keep_prob
        else:
            self.D1 = np.ones_like(self.A1)
        self.A1 = self.A1 * self.D1
        self.Z2 = np.dot(self.A1, self.W2) + self.b2
        self.probs = self._softmax(self.Z2)
        return self.probs

    def compute_loss(self, probs, labels):
        correct = probs[range(len(labels)), labels]
        return np.mean(-np.log(correct + 1e-10))

    def backward(self, labels):
        m = len(labels)
        dZ2 = self.probs.copy()
        dZ2[range(m), labels] -= 1
        dZ2 /= m
        self.dW2 = np.dot(self.A1.T, dZ2)
        self.db2 = np.sum(dZ2, axis=0, keepdims=True)
        dA1 = np.dot(dZ2, self.W2.T) * self.D1
        dZ1 = dA1 * (self.Z1 > 0)
        self.dW1 = np.dot(self.X.T, dZ1)
        self.db1 = np.sum(dZ1, axis=0, keepdims=True)

    def update(self):
        self.W1 -= self.alpha * self.dW1
        self.b1 -= self.alpha * self.db1
        self.W2 -= self.alpha * self.dW2
        self.b2 -= self.alpha * self.db2

    def train(self, X, y, epochs=10, batch_size=128):
        costs = []
        for epoch in range(epochs):
            shuffled = np.random.permutation(X.shape[0])
            X, y = X[shuffled], y[shuffled]
            for i in range(0, X.shape[0], batch_size):
                self.forward(X[i:i + batch_size], training=True)
                self.backward(y[i:i + batch_size])
                self.update()
            cost = self.compute_loss(self.forward(X), y)
            costs.append(cost)
            print("epoch: {}, cost: {:.4f}".format(epoch, cost))
        return costs

    def predict(self, X):
        return np.argmax(self.forward(X, training=False), axis=1)


if __name__ == "__main__":
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    x_train = x_train.reshape(len(x_train), -1) / 255.0
    x_test = x_test.reshape(len(x_test), -1) / 255.0
    net = DropoutNetwork(784, 256, 10)
    costs = net.train(x_train, y_train)
    print("accuracy: ", np.mean(net.predict(x_test) == y_test))
    plt.plot(costs)
    plt.savefig("costs.png")
