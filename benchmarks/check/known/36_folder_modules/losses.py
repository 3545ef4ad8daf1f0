import numpy as np

EPS = 1e-12


class CrossEntropy:
    def loss(self, prediction, target):
        return -np.sum(target * np.log(prediction + EPS)) / len(target)

    def gradient(self, prediction, target):
        return -target / (prediction + EPS) / len(target)


class MeanSquaredError:
    def loss(self, prediction, target):
        return np.sum((prediction - target) ** 2) / len(target)

    def gradient(self, prediction, target):
        return 2 * (prediction - target) / len(target)
