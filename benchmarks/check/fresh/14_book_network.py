"""读书笔记：按书里的思路自己重写一遍手写数字网络。
每个样本是一个列向量，逐个样本反向传播，再在小批量里累加。
"""
import gzip
import os
import pickle
import random

import numpy as np


def sigma(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigma_prime(z):
    return sigma(z) * (1 - sigma(z))


class Quadratic:
    """二次代价  C = |a - y|^2 / 2"""

    @staticmethod
    def fn(a, y):
        return 0.5 * np.linalg.norm(a - y) ** 2

    @staticmethod
    def delta(z, a, y):
        return (a - y) * sigma_prime(z)


class CrossEntropy:
    """交叉熵（每个输出神经元单独算）。nan_to_num 用来处理 0*log(0)"""

    @staticmethod
    def fn(a, y):
        return np.sum(np.nan_to_num(-y * np.log(a) - (1 - y) * np.log(1 - a)))

    @staticmethod
    def delta(z, a, y):
        return a - y          # sigma' 正好约掉


class Net:
    def __init__(self, sizes, cost=CrossEntropy):
        self.sizes = sizes
        self.num_layers = len(sizes)
        self.cost = cost
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) / np.sqrt(k) for k, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigma(np.dot(w, a) + b)
        return a

    def backprop(self, x, y):
        """单个样本的梯度 (nabla_b, nabla_w)"""
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        a, acts, zs = x, [x], []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, a) + b
            zs.append(z)
            a = sigma(z)
            acts.append(a)
        delta = self.cost.delta(zs[-1], acts[-1], y)
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, acts[-2].T)
        # l = 2 表示倒数第二层，依此类推（负下标很方便）
        for l in range(2, self.num_layers):
            delta = np.dot(self.weights[-l + 1].T, delta) * sigma_prime(zs[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, acts[-l - 1].T)
        return nabla_b, nabla_w

    def update_mini_batch(self, batch, eta, lmbda, n):
        sum_b = [np.zeros(b.shape) for b in self.biases]
        sum_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in batch:
            db, dw = self.backprop(x, y)
            sum_b = [s + d for s, d in zip(sum_b, db)]
            sum_w = [s + d for s, d in zip(sum_w, dw)]
        # L2 只衰减权重；n 是整个训练集的大小
        self.weights = [(1 - eta * lmbda / n) * w - (eta / len(batch)) * s
                        for w, s in zip(self.weights, sum_w)]
        self.biases = [b - (eta / len(batch)) * s for b, s in zip(self.biases, sum_b)]

    def sgd(self, train, epochs, batch_size, eta, lmbda=0.0, valid=None):
        n = len(train)
        for j in range(epochs):
            random.shuffle(train)
            for k in range(0, n, batch_size):
                self.update_mini_batch(train[k:k + batch_size], eta, lmbda, n)
            msg = "第 %d 轮  训练代价 %.4f" % (j, self.total_cost(train, lmbda))
            if valid:
                msg += "  验证 %d / %d" % (self.evaluate(valid), len(valid))
            print(msg)

    def total_cost(self, data, lmbda):
        c = sum(self.cost.fn(self.feedforward(x), y) for x, y in data) / len(data)
        return c + 0.5 * lmbda / len(data) * sum(np.sum(w ** 2) for w in self.weights)

    def evaluate(self, data):
        """验证集的 y 是整数标签"""
        return sum(int(np.argmax(self.feedforward(x)) == y) for x, y in data)


def vec(j, k=10):
    e = np.zeros((k, 1))
    e[j] = 1.0
    return e


def load(path):
    with gzip.open(path, "rb") as f:
        tr, va, te = pickle.load(f, encoding="latin1")
    train = [(np.reshape(x, (-1, 1)), vec(y)) for x, y in zip(*tr)]
    valid = [(np.reshape(x, (-1, 1)), y) for x, y in zip(*va)]
    test = [(np.reshape(x, (-1, 1)), y) for x, y in zip(*te)]
    return train, valid, test


if __name__ == "__main__":
    if os.path.exists("mnist.pkl.gz"):
        train, valid, test = load("mnist.pkl.gz")
        net = Net([len(train[0][0]), 30, 10])
        net.sgd(train, 10, 10, 0.5, lmbda=5.0, valid=valid)
        print("测试:", net.evaluate(test) / len(test))
    else:
        print("没有找到数据文件")
