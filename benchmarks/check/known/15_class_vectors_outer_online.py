"""Online backpropagation, every sample is a 1-D vector."""
import csv

import numpy as np


class OnlineMLP:
    def __init__(self, n_in, n_hid, n_out, rate=0.2):
        self.rate = rate
        self.w_hidden = np.random.uniform(-0.5, 0.5, (n_hid, n_in))
        self.b_hidden = np.random.uniform(-0.5, 0.5, n_hid)
        self.w_output = np.random.uniform(-0.5, 0.5, (n_out, n_hid))
        self.b_output = np.random.uniform(-0.5, 0.5, n_out)

    @staticmethod
    def transfer(v):
        return 1.0 / (1.0 + np.exp(-v))

    @staticmethod
    def transfer_derivative(out):
        return out * (1.0 - out)

    def forward_pass(self, x):
        hidden = self.transfer(self.w_hidden.dot(x) + self.b_hidden)
        output = self.transfer(self.w_output.dot(hidden) + self.b_output)
        return hidden, output

    def learn(self, x, target):
        hidden, output = self.forward_pass(x)
        delta_output = (output - target) * self.transfer_derivative(output)
        # the hidden deltas need the old output weights, so they come first
        delta_hidden = self.w_output.T.dot(delta_output) * self.transfer_derivative(hidden)
        self.w_output -= self.rate * np.outer(delta_output, hidden)
        self.b_output -= self.rate * delta_output
        self.w_hidden -= self.rate * np.outer(delta_hidden, x)
        self.b_hidden -= self.rate * delta_hidden
        return 0.5 * np.sum((target - output) ** 2)

    def train(self, samples, targets, epochs):
        for epoch in range(epochs):
            total = 0.0
            for i in np.random.permutation(len(samples)):
                total += self.learn(samples[i], targets[i])
            print(">epoch=%d, error=%.3f" % (epoch, total))

    def predict(self, x):
        _, output = self.forward_pass(x)
        return np.argmax(output)


def load_csv(filename):
    rows = []
    with open(filename) as f:
        for row in csv.reader(f):
            if row:
                rows.append([float(v) for v in row])
    data = np.array(rows)
    return data[:, :-1], data[:, -1].astype(int)


def main():
    x, y = load_csv("wheat.csv")
    order = np.random.permutation(len(x))
    x, y = x[order], y[order] - 1
    n_train = int(0.7 * len(x))
    low, high = x[:n_train].min(axis=0), x[:n_train].max(axis=0)
    x = (x - low) / (high - low)

    targets = np.zeros((len(y), 3))
    targets[np.arange(len(y)), y] = 1

    mlp = OnlineMLP(x.shape[1], 6, 3)
    mlp.train(x[:n_train], targets[:n_train], 300)

    right = 0
    for sample, label in zip(x[n_train:], y[n_train:]):
        if mlp.predict(sample) == label:
            right += 1
    print("accuracy: %.2f%%" % (100.0 * right / (len(x) - n_train)))


if __name__ == "__main__":
    main()
