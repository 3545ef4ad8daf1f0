"""Tells two ys of fruit by weight, size and colour, with numbers that know their gradients."""
import math
import random


class Number:
    def __init__(self, data, made_of=()):
        self.data = data
        self.grad = 0.0
        self.made_of = made_of
        self._backward = lambda: None

    def __add__(self, other):
        if not isinstance(other, Number):
            other = Number(other)
        total = Number(self.data + other.data, (self, other))

        def send():
            self.grad += total.grad
            other.grad += total.grad

        total._backward = send
        return total

    def __mul__(self, other):
        if not isinstance(other, Number):
            other = Number(other)
        product = Number(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * product.grad
            other.grad += self.data * product.grad

        product._backward = send
        return product

    def __pow__(self, n):
        power = Number(self.data ** n, (self,))

        def send():
            self.grad += n * self.data ** (n - 1) * power.grad

        power._backward = send
        return power

    def relu(self):
        kept = Number(max(self.data, 0.0), (self,))

        def send():
            self.grad += (kept.data > 0) * kept.grad

        kept._backward = send
        return kept

    def tanh(self):
        x = self.data
        t = math.tanh(x)
        squashed = Number(t, (self,))

        def send():
            self.grad += (1 - t**2) * squashed.grad

        squashed._backward = send
        return squashed

    def exp(self):
        grown = Number(math.exp(self.data), (self,))

        def send():
            self.grad += grown.data * grown.grad

        grown._backward = send
        return grown

    def __sub__(self, other):
        return self + other * -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def backward(self):
        order, seen = [], set()

        def visit(number):
            if id(number) in seen:
                return
            seen.add(id(number))
            for source in number.made_of:
                visit(source)
            order.append(number)

        visit(self)
        self.grad = 1.0
        for number in reversed(order):
            number._backward()


class Unit:
    def __init__(self, inputs):
        self.weights = [Number(random.gauss(0, 0.7)) for _ in range(inputs)]
        self.bias = Number(0.0)

    def __call__(self, xs):
        z = self.bias
        for weight, x in zip(self.weights, xs):
            z = z + weight * x
        return z.tanh()

    def parameters(self):
        return [*self.weights, self.bias]


class Layer:
    def __init__(self, inputs, units):
        self.units = [Unit(inputs) for _ in range(units)]

    def __call__(self, xs):
        return [unit(xs) for unit in self.units]

    def parameters(self):
        return [p for unit in self.units for p in unit.parameters()]


class Network:
    def __init__(self, inputs, units):
        widths = [inputs, *units]
        self.layers = [Layer(a, b) for a, b in zip(widths, widths[1:])]

    def __call__(self, xs):
        for layer in self.layers:
            xs = layer(xs)
        return xs[0]

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


net = Network(3, [4, 3, 1])
xs = [[1.2, 0.4, -0.6], [0.9, 0.8, -0.2], [-0.7, -1.1, 0.5], [-1.3, 0.1, 1.4], [0.3, -0.9, 0.8]]
ys = [1.0, 1.0, -1.0, -1.0, -1.0]

for round in range(80):
    answers = [net(fruit) for fruit in xs]
    loss = sum((answer - kind) ** 2 for answer, kind in zip(answers, ys))
    for p in net.parameters():
        p.grad = 0.0
    loss.backward()
    for p in net.parameters():
        p.data -= 0.05 * p.grad
    print(round, loss.data)
