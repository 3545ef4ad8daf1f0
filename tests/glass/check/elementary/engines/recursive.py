import math


class Node:
    def __init__(self, value, parents=(), op=None):
        self.value = value
        self.parents = parents
        self.op = op
        self.grad = 0.0

    def __add__(self, o):
        return Node(self.value + o.value, (self, o), "add")

    def __sub__(self, o):
        return Node(self.value - o.value, (self, o), "sub")

    def __mul__(self, o):
        return Node(self.value * o.value, (self, o), "mul")

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
