import numpy as np

np.random.seed(0)


class NeuralNet:
    """2 hidden layers, sigmoid everywhere, binary cross entropy."""

    def __init__(self, n_x, n_h1, n_h2, n_y, alpha=0.5):
        self.alpha = alpha
        self.W1 = np.random.randn(n_x, n_h1)
        self.b1 = np.zeros((1, n_h1))
        self.W2 = np.random.randn(n_h1, n_h2)
        self.b2 = np.zeros((1, n_h2))
        self.W3 = np.random.randn(n_h2, n_y)
        self.b3 = np.zeros((1, n_y))

    def sigmoid(self, x, deriv=False):
        if deriv:
            return x * (1 - x)
        return 1 / (1 + np.exp(-x))

    def forward(self, X):
        self.a1 = self.sigmoid(X.dot(self.W1) + self.b1)
        self.a2 = self.sigmoid(self.a1.dot(self.W2) + self.b2)
        self.a3 = self.sigmoid(self.a2.dot(self.W3) + self.b3)
        return self.a3

    def loss(self, y_hat, y):
        return np.mean(-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat))

    def backward(self, X, y):
        m = len(X)

        # the derivative of the sigmoid cancels against the one of the loss
        l3_delta = (self.a3 - y) / m
        l2_error = l3_delta.dot(self.W3.T)
        l2_delta = l2_error * self.sigmoid(self.a2, deriv=True)
        l1_error = l2_delta.dot(self.W2.T)
        l1_delta = l1_error * self.sigmoid(self.a1, deriv=True)

        self.W3 -= self.alpha * self.a2.T.dot(l3_delta)
        self.b3 -= self.alpha * np.sum(l3_delta, axis=0, keepdims=True)
        self.W2 -= self.alpha * self.a1.T.dot(l2_delta)
        self.b2 -= self.alpha * np.sum(l2_delta, axis=0, keepdims=True)
        self.W1 -= self.alpha * X.T.dot(l1_delta)
        self.b1 -= self.alpha * np.sum(l1_delta, axis=0, keepdims=True)

    def train(self, X, y, steps=10000):
        for step in range(steps):
            y_hat = self.forward(X)
            if step % 1000 == 0:
                print("step", step, "loss", self.loss(y_hat, y))
            self.backward(X, y)

    def predict(self, X):
        return np.round(self.forward(X))


def make_circle(n):
    X = np.random.uniform(-1, 1, (n, 2))
    y = (np.sum(X ** 2, axis=1) < 0.5).astype(float).reshape(-1, 1)
    return X, y


if __name__ == "__main__":
    X_train, y_train = make_circle(400)
    X_test, y_test = make_circle(100)
    net = NeuralNet(2, 8, 8, 1)
    net.train(X_train, y_train)
    print("Accuracy: {:.1%}".format(np.mean(net.predict(X_test) == y_test)))
