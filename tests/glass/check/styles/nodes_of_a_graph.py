# scalar autograd without closures: every node knows its operation
import math, random

class Node:
    def __init__(self, value, parents=(), op=None):
        self.value = value
        self.parents = parents
        self.op = op
        self.grad = 0.0

    def __add__(self, o): return Node(self.value + o.value, (self, o), "add")
    def __sub__(self, o): return Node(self.value - o.value, (self, o), "sub")
    def __mul__(self, o): return Node(self.value * o.value, (self, o), "mul")
    def sigmoid(self):
        return Node(1.0 / (1.0 + math.exp(-self.value)), (self,), "sigmoid")

    def local(self):
        if self.op == "add":
            return (1.0, 1.0)
        if self.op == "sub":
            return (1.0, -1.0)
        if self.op == "mul":
            a, b = self.parents
            return (b.value, a.value)
        if self.op == "sigmoid":
            return (self.value * (1 - self.value),)
        return ()

    def backprop(self, upstream=1.0):
        self.grad += upstream
        for p, d in zip(self.parents, self.local()):
            p.backprop(upstream * d)


class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.w1 = [[Node(random.gauss(0, 1)) for _ in range(n_in)] for _ in range(n_hidden)]
        self.b1 = [Node(0.0) for _ in range(n_hidden)]
        self.w2 = [[Node(random.gauss(0, 1)) for _ in range(n_hidden)] for _ in range(n_out)]
        self.b2 = [Node(0.0) for _ in range(n_out)]

    def forward(self, x):
        h = []
        for row, b in zip(self.w1, self.b1):
            s = b
            for w, xi in zip(row, x):
                s = s + w * Node(xi)
            h.append(s.sigmoid())
        out = []
        for row, b in zip(self.w2, self.b2):
            s = b
            for w, hi in zip(row, h):
                s = s + w * hi
            out.append(s.sigmoid())
        return out

    def params(self):
        return [w for row in self.w1 + self.w2 for w in row] + self.b1 + self.b2

    def train(self, X, Y, epochs, lr):
        for _ in range(epochs):
            for x, y in zip(X, Y):
                for p in self.params():
                    p.grad = 0.0
                out = self.forward(x)
                loss = Node(0.0)
                for o, t in zip(out, y):
                    d = o - Node(t)
                    loss = loss + d * d
                loss.backprop()
                for p in self.params():
                    p.value -= lr * p.grad


if __name__ == "__main__":
    X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    Y = [[0], [1], [1], [0]]
    net = Net(2, 4, 1)
    net.train(X, Y, 5000, 0.5)
    for x in X:
        print(x, net.forward(x)[0].value)
