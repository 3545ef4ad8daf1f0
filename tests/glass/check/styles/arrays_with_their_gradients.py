"""Finds which of three machines made a part, with arrays that remember how they were made."""
import inspect
from typing import Callable, NamedTuple

import numpy as np


class Source(NamedTuple):
    tensor: "Tensor"
    share: Callable[[np.ndarray], np.ndarray]  # of the gradient that comes back


class Tensor:
    def __init__(self, data, requires_grad=False, sources=()):
        self._data = np.asarray(data, dtype=float)
        self.requires_grad = requires_grad
        self.sources = sources
        self.grad = None
        if requires_grad:
            self.forget()

    @property
    def data(self):
        return self._data

    @data.setter
    def data(self, values):
        self._data = values
        self.grad = None  # it was that of other values

    @property
    def shape(self):
        return self._data.shape

    def forget(self):
        self.grad = Tensor(np.zeros(self.shape))

    def backward(self, grad=None):
        arriving = Tensor(np.ones(self.shape)) if grad is None else grad
        self.grad.data = self.grad.data + arriving.data
        for source in self.sources:
            source.tensor.backward(Tensor(source.share(arriving.data)))

    def __add__(self, other):
        return add(self, tensor_of(other))

    def __mul__(self, other):
        return mul(self, tensor_of(other))

    def __matmul__(self, other):
        return matmul(self, other)

    def __neg__(self):
        return neg(self)

    def __sub__(self, other):
        return add(self, neg(tensor_of(other)))

    def __isub__(self, other):
        self.data = self.data - tensor_of(other).data
        return self

    def sum(self):
        return tensor_sum(self)


def tensor_of(value):
    return value if isinstance(value, Tensor) else Tensor(value)


def fitted(grad, shape):
    extra = grad.ndim - len(shape)
    grad = grad.sum(axis=tuple(range(extra)))
    single = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return grad.sum(axis=single, keepdims=True) if single else grad


def made(data, *sources):
    kept = [source for source in sources if source.tensor.requires_grad]
    return Tensor(data, bool(kept), kept)


def tensor_sum(t: Tensor) -> Tensor:
    return made(t.data.sum(), Source(t, lambda grad: grad * np.ones(t.shape)))


def add(left: Tensor, right: Tensor) -> Tensor:
    return made(
        left.data + right.data,
        Source(left, lambda grad: fitted(grad, left.shape)),
        Source(right, lambda grad: fitted(grad, right.shape)),
    )


def mul(left: Tensor, right: Tensor) -> Tensor:
    return made(
        left.data * right.data,
        Source(left, lambda grad: fitted(grad * right.data, left.shape)),
        Source(right, lambda grad: fitted(grad * left.data, right.shape)),
    )


def neg(t: Tensor) -> Tensor:
    return made(-t.data, Source(t, lambda grad: -grad))


def matmul(left: Tensor, right: Tensor) -> Tensor:
    return made(
        left.data @ right.data,
        Source(left, lambda grad: grad @ right.data.T),
        Source(right, lambda grad: left.data.T @ grad),
    )


def tanh(t: Tensor) -> Tensor:
    data = np.tanh(t.data)
    return made(data, Source(t, lambda grad: grad * (1 - data * data)))


class Weights(Tensor):
    def __init__(self, *shape):
        super().__init__(np.random.normal(0, 0.3, shape), requires_grad=True)


class Machines:
    def __init__(self, hidden: int = 8):
        self.w1 = Weights(5, hidden)
        self.b1 = Weights(hidden)
        self.w2 = Weights(hidden, 3)
        self.b2 = Weights(3)

    def weights(self):
        return [value for _, value in inspect.getmembers(self) if isinstance(value, Weights)]

    def predict(self, inputs: Tensor) -> Tensor:
        return tanh(inputs @ self.w1 + self.b1) @ self.w2 + self.b2


class Descent:
    def __init__(self, lr: float):
        self.lr = lr

    def step(self, model: Machines):
        for weights in model.weights():
            weights -= weights.grad * self.lr


x_train = np.random.normal(0, 1, (120, 5))
y_train = np.eye(3)[np.argmax(x_train[:, :3], axis=1)]

model, descent = Machines(), Descent(lr=0.01)
for epoch in range(200):
    wrong = 0.0
    for start in range(0, len(x_train), 20):
        for weights in model.weights():
            weights.forget()
        inputs = Tensor(x_train[start : start + 20])
        targets = Tensor(y_train[start : start + 20])
        errors = model.predict(inputs) - targets
        loss = (errors * errors).sum()
        loss.backward()
        wrong += loss.data
        descent.step(model)
    print(epoch, wrong)
