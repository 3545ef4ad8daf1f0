import numpy as np
import matplotlib.pyplot as plt


class RegressionNet:
    """Approximates a real function: tanh hidden layer, linear output, mean squared error."""

    def __init__(self, input_nodes, hidden_nodes, output_nodes, lr=0.05):
        self.lr = lr
        self.weights_ih = np.random.normal(0, 1 / np.sqrt(input_nodes), (input_nodes, hidden_nodes))
        self.bias_h = np.zeros(hidden_nodes)
        self.weights_ho = np.random.normal(0, 1 / np.sqrt(hidden_nodes), (hidden_nodes, output_nodes))
        self.bias_o = np.zeros(output_nodes)

    def tanh_prime(self, x):
        return 1.0 - np.tanh(x) ** 2

    def feed_forward(self, x):
        self.hidden_in = x @ self.weights_ih + self.bias_h
        self.hidden_out = np.tanh(self.hidden_in)
        self.out = self.hidden_out @ self.weights_ho + self.bias_o  # no activation
        return self.out

    def mse(self, target, prediction):
        return np.mean((target - prediction) ** 2)

    def back_prop(self, x, target):
        d_out = 2 * (self.out - target) / target.size
        grad_ho = self.hidden_out.T @ d_out
        grad_bo = d_out.sum(axis=0)
        d_hidden = d_out @ self.weights_ho.T * self.tanh_prime(self.hidden_in)
        grad_ih = x.T @ d_hidden
        grad_bh = d_hidden.sum(axis=0)

        self.weights_ho -= self.lr * grad_ho
        self.bias_o -= self.lr * grad_bo
        self.weights_ih -= self.lr * grad_ih
        self.bias_h -= self.lr * grad_bh

    def train(self, x, y, iterations=20000):
        errors = []
        for i in range(iterations):
            prediction = self.feed_forward(x)
            errors.append(self.mse(y, prediction))
            self.back_prop(x, y)
            if i % 2000 == 0:
                print(i, errors[-1])
        return errors


if __name__ == "__main__":
    np.random.seed(1)
    x = np.random.uniform(-3, 3, (300, 1))
    y = np.hstack([np.sin(x), np.cos(x)]) + np.random.normal(0, 0.05, (300, 2))
    x_train, y_train = x[:200], y[:200]
    x_test, y_test = x[200:], y[200:]

    net = RegressionNet(1, 20, 2)
    errors = net.train(x_train, y_train)
    print("MSE on unseen points:", net.mse(y_test, net.feed_forward(x_test)))

    grid = np.linspace(-3, 3, 100).reshape(-1, 1)
    plt.scatter(x_train, y_train[:, 0], s=5)
    plt.plot(grid, net.feed_forward(grid)[:, 0], "r")
    plt.show()
