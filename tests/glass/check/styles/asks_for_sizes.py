import numpy as np

class Net:
    def __init__(self):
        seen = int(input("How many features? "))
        given = int(input("How many answers? "))
        self.syn0 = np.random.random((seen, 9)) - 0.5
        self.syn1 = np.random.random((9, given)) - 0.5

    def squash(self, x):
        return 1 / (1 + np.exp(-x))

    def slope(self, x):
        return x * (1 - x)

    def train(self, inp_data, label, repetitions_wanted):
        for again in range(repetitions_wanted):
            l1 = self.squash(inp_data.dot(self.syn0))
            l2 = self.squash(l1.dot(self.syn1))
            l2_delta = (label - l2) * self.slope(l2)
            l1_delta = l2_delta.dot(self.syn1.T) * self.slope(l1)
            self.syn1 += l1.T.dot(l2_delta)
            self.syn0 += inp_data.T.dot(l1_delta)
