import numpy as np


class Variable:
    def __init__(self, data):
        self.data = data
        self.grad = None
        self.creator = None
        self.depth = 0

    def backward(self):
        self.grad = np.ones_like(self.data)
        waiting = [self.creator]
        while waiting:
            deepest = max(waiting, key=lambda function: function.depth)
            waiting.remove(deepest)
            handed = deepest.backward(deepest.output.grad)
            handed = handed if isinstance(handed, tuple) else (handed,)
            for variable, part in zip(deepest.inputs, handed):
                variable.grad = part if variable.grad is None else variable.grad + part
                made_by = variable.creator
                if made_by is not None and made_by not in waiting:
                    waiting.append(made_by)


class Function:
    def __call__(self, *inputs):
        self.inputs = [v if isinstance(v, Variable) else Variable(v) for v in inputs]
        self.output = Variable(np.asarray(self.forward(*[v.data for v in self.inputs])))
        self.output.creator = self
        self.depth = max(v.depth for v in self.inputs)
        self.output.depth = self.depth + 1
        return self.output


class Add(Function):
    def forward(self, x, b):
        return x + b

    def backward(self, gy):
        alike = self.inputs[0].data.shape == self.inputs[1].data.shape
        return gy, gy if alike else gy.sum(axis=0)


class Mul(Function):
    def forward(self, x, y):
        return x * y

    def backward(self, gy):
        x, y = (v.data for v in self.inputs)
        return gy * y, gy * x


class MatMul(Function):
    def forward(self, x, W):
        return x @ W

    def backward(self, gy):
        x, W = (v.data for v in self.inputs)
        return gy @ W.T, x.T @ gy


class Sigmoid(Function):
    def forward(self, x):
        return 1 / (1 + np.exp(-x))

    def backward(self, gy):
        y = self.output.data
        return gy * y * (1 - y)


def add(x, b):
    return Add()(x, b)


def mul(x, y):
    return Mul()(x, y)


def matmul(x, W):
    return MatMul()(x, W)


def sigmoid(x):
    return Sigmoid()(x)
