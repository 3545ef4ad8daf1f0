import argparse

import numpy as np

def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--hidden", type=int, default=6)
    parser.add_argument("--weight_decay", type=float, default=1e-2)
    return parser.parse_args()

class Net:
    def __init__(self, n_in, n_out, args):
        self.args = args
        self.w1 = np.random.randn(n_in, args.hidden)
        self.w2 = np.random.randn(args.hidden, n_out)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.w1)
        z = self.h @ self.w2
        p = np.exp(z - z.max(axis=1, keepdims=True))
        self.p = p / p.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, y):
        dz = (self.p - y) / len(y)
        self.dw2 = self.h.T @ dz + self.args.weight_decay * self.w2
        dh = dz @ self.w2.T * (1 - self.h ** 2)
        self.dw1 = self.x.T @ dh + self.args.weight_decay * self.w1

    def step(self):
        self.w1 -= self.args.lr * self.dw1
        self.w2 -= self.args.lr * self.dw2

def main():
    args = parse_args()
    net = Net(784, 10, args)
