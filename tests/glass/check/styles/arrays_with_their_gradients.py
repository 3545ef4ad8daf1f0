from typing import Callable, List, NamedTuple, Optional, Union
import inspect
import numpy as np


class Dependency(NamedTuple):
    tensor: 'Tensor'
    grad_fn: Callable[[np.ndarray], np.ndarray]


class Tensor:
    def __init__(self, data, requires_grad: bool = False, depends_on: List[Dependency] = None) -> None:
        self._data = np.array(data, dtype=float)
        self.requires_grad = requires_grad
        self.depends_on = depends_on or []
        self.shape = self._data.shape
        self.grad: Optional['Tensor'] = None
        if self.requires_grad:
            self.zero_grad()

    @property
    def data(self):
        return self._data

    @data.setter
    def data(self, new_data):
        self._data = new_data
        self.grad = None

    def zero_grad(self) -> None:
        self.grad = Tensor(np.zeros_like(self.data))

    def __add__(self, other):
        return _add(self, ensure_tensor(other))

    def __radd__(self, other):
        return _add(ensure_tensor(other), self)

    def __mul__(self, other):
        return _mul(self, ensure_tensor(other))

    def __rmul__(self, other):
        return _mul(ensure_tensor(other), self)

    def __matmul__(self, other):
        return _matmul(self, other)

    def __neg__(self):
        return _neg(self)

    def __sub__(self, other):
        return _sub(self, ensure_tensor(other))

    def __isub__(self, other):
        self.data = self.data - ensure_tensor(other).data
        return self

    def sum(self):
        return tensor_sum(self)

    def backward(self, grad: 'Tensor' = None) -> None:
        assert self.requires_grad, "called backward on non-requires-grad tensor"
        if grad is None:
            if self.shape == ():
                grad = Tensor(1.0)
            else:
                raise RuntimeError("grad must be specified for non-0-tensor")
        self.grad.data = self.grad.data + grad.data
        for dependency in self.depends_on:
            backward_grad = dependency.grad_fn(grad.data)
            dependency.tensor.backward(Tensor(backward_grad))


def ensure_tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def unbroadcast(grad, shape):
    ndims_added = grad.ndim - len(shape)
    for _ in range(ndims_added):
        grad = grad.sum(axis=0)
    for i, dim in enumerate(shape):
        if dim == 1:
            grad = grad.sum(axis=i, keepdims=True)
    return grad


def tensor_sum(t: Tensor) -> Tensor:
    data = t.data.sum()
    depends_on = []
    if t.requires_grad:
        def grad_fn(grad):
            return grad * np.ones_like(t.data)
        depends_on = [Dependency(t, grad_fn)]
    return Tensor(data, t.requires_grad, depends_on)


def _add(t1: Tensor, t2: Tensor) -> Tensor:
    data = t1.data + t2.data
    depends_on = []
    if t1.requires_grad:
        depends_on.append(Dependency(t1, lambda grad: unbroadcast(grad, t1.shape)))
    if t2.requires_grad:
        depends_on.append(Dependency(t2, lambda grad: unbroadcast(grad, t2.shape)))
    return Tensor(data, t1.requires_grad or t2.requires_grad, depends_on)


def _mul(t1: Tensor, t2: Tensor) -> Tensor:
    data = t1.data * t2.data
    depends_on = []
    if t1.requires_grad:
        depends_on.append(Dependency(t1, lambda grad: unbroadcast(grad * t2.data, t1.shape)))
    if t2.requires_grad:
        depends_on.append(Dependency(t2, lambda grad: unbroadcast(grad * t1.data, t2.shape)))
    return Tensor(data, t1.requires_grad or t2.requires_grad, depends_on)


def _neg(t: Tensor) -> Tensor:
    depends_on = [Dependency(t, lambda grad: -grad)] if t.requires_grad else []
    return Tensor(-t.data, t.requires_grad, depends_on)


def _sub(t1: Tensor, t2: Tensor) -> Tensor:
    return t1 + -t2


def _matmul(t1: Tensor, t2: Tensor) -> Tensor:
    data = t1.data @ t2.data
    depends_on = []
    if t1.requires_grad:
        depends_on.append(Dependency(t1, lambda grad: grad @ t2.data.T))
    if t2.requires_grad:
        depends_on.append(Dependency(t2, lambda grad: t1.data.T @ grad))
    return Tensor(data, t1.requires_grad or t2.requires_grad, depends_on)


def tanh(t: Tensor) -> Tensor:
    data = np.tanh(t.data)
    depends_on = []
    if t.requires_grad:
        depends_on = [Dependency(t, lambda grad: grad * (1 - data * data))]
    return Tensor(data, t.requires_grad, depends_on)


class Parameter(Tensor):
    def __init__(self, *shape) -> None:
        super().__init__(np.random.randn(*shape), requires_grad=True)


class Module:
    def parameters(self):
        for name, value in inspect.getmembers(self):
            if isinstance(value, Parameter):
                yield value
            elif isinstance(value, Module):
                yield from value.parameters()

    def zero_grad(self):
        for parameter in self.parameters():
            parameter.zero_grad()


class SGD:
    def __init__(self, lr: float = 0.01) -> None:
        self.lr = lr

    def step(self, module: Module) -> None:
        for parameter in module.parameters():
            parameter -= parameter.grad * self.lr


class FizzBuzzModel(Module):
    def __init__(self, num_hidden: int = 50) -> None:
        self.w1 = Parameter(10, num_hidden)
        self.b1 = Parameter(num_hidden)
        self.w2 = Parameter(num_hidden, 4)
        self.b2 = Parameter(4)

    def predict(self, inputs: Tensor) -> Tensor:
        x1 = inputs @ self.w1 + self.b1
        x2 = tanh(x1)
        x3 = x2 @ self.w2 + self.b2
        return x3


def binary_encode(x):
    return [x >> i & 1 for i in range(10)]


def fizz_buzz_encode(x):
    if x % 15 == 0:
        return [0, 0, 0, 1]
    elif x % 5 == 0:
        return [0, 0, 1, 0]
    elif x % 3 == 0:
        return [0, 1, 0, 0]
    return [1, 0, 0, 0]


x_train = Tensor([binary_encode(i) for i in range(101, 1024)])
y_train = Tensor([fizz_buzz_encode(i) for i in range(101, 1024)])

optimizer = SGD(lr=0.001)
batch_size = 32
model = FizzBuzzModel()

starts = np.arange(0, x_train.shape[0], batch_size)
for epoch in range(1000):
    epoch_loss = 0.0
    np.random.shuffle(starts)
    for start in starts:
        end = start + batch_size
        model.zero_grad()
        inputs = Tensor(x_train.data[start:end])
        actual = Tensor(y_train.data[start:end])
        predicted = model.predict(inputs)
        errors = predicted - actual
        loss = (errors * errors).sum()
        loss.backward()
        epoch_loss += loss.data
        optimizer.step(model)
    print(epoch, epoch_loss)
