import numpy as np

LEAK = 0.05

class Brain:
    def __init__(self, *sizes):
        self.weights = [np.random.randn(b, a) for a, b in zip(sizes, sizes[1:])]
        self.biases = [np.zeros(b) for b in sizes[1:]]

    def think(self, senses):
        signal = np.asarray(senses)
        for i in range(len(self.weights)):
            signal = self.weights[i] @ signal + self.biases[i]
            if i < len(self.weights) - 1:
                signal = np.where(signal > 0, signal, LEAK * signal)
        return signal

    def learn(self, senses, wanted, rate):
        signals, sums = [np.asarray(senses)], []
        last = len(self.weights) - 1
        for i in range(last + 1):
            s = self.weights[i] @ signals[-1] + self.biases[i]
            sums.append(s)
            signals.append(s if i == last else np.where(s > 0, s, LEAK * s))
        blame = signals[-1] - np.asarray(wanted)
        for i in range(last, -1, -1):
            if i < last:
                blame = blame * np.where(sums[i] > 0, 1.0, LEAK)
            below = self.weights[i].T @ blame
            self.weights[i] -= rate * np.outer(blame, signals[i])
            self.biases[i] -= rate * blame
            blame = below
