import numpy as np


class Context:
    def __init__(self):
        self.saved = ()

    def save(self, *xs):
        self.saved = xs


class Function:
    @classmethod
    def apply(cls, *tensors):
        ctx = Context()
        out = Tensor(cls.forward(ctx, *[t.data for t in tensors]))
        out._ctx = ctx
        out._fn = cls
        out._parents = tensors
        return out


class Tensor:
    def __init__(self, data):
        self.data = np.asarray(data, dtype=np.float32)
        self.grad = None
        self._fn = None
        self._parents = ()

    def topo(self):
        order, seen = [], set()

        def walk(n):
            if n in seen:
                return
            seen.add(n)
            for p in n._parents:
                walk(p)
            order.append(n)

        walk(self)
        return order

    def backward(self):
        self.grad = np.ones_like(self.data)
        for node in reversed(self.topo()):
            if node._fn is None:
                continue
            grads = node._fn.backward(node._ctx, node.grad)
            if len(node._parents) == 1:
                grads = (grads,)
            for p, g in zip(node._parents, grads):
                p.grad = g if p.grad is None else p.grad + g

    def __add__(self, other):
        return Add.apply(self, other)

    def __mul__(self, other):
        return Mul.apply(self, other)

    def dot(self, other):
        return Dot.apply(self, other)

    def relu(self):
        return ReLU.apply(self)

    def log_softmax(self):
        return LogSoftmax.apply(self)

    def sum(self):
        return Sum.apply(self)


class Add(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save(x.shape, y.shape)
        return x + y

    @staticmethod
    def backward(ctx, g):
        xs, ys = ctx.saved
        gx, gy = g, g
        if xs != g.shape:
            gx = g.sum(axis=0).reshape(xs)
        if ys != g.shape:
            gy = g.sum(axis=0).reshape(ys)
        return gx, gy


class Mul(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved
        return g * y, g * x


class Dot(Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save(x, w)
        return x.dot(w)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved
        return g.dot(w.T), x.T.dot(g)


class ReLU(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save(x)
        return np.maximum(x, 0)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved
        gx = g.copy()
        gx[x < 0] = 0
        return gx


class Sum(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save(x)
        return np.array(x.sum())

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved
        return g * np.ones_like(x)


class LogSoftmax(Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=1, keepdims=True)
        lse = m + np.log(np.exp(x - m).sum(axis=1, keepdims=True))
        ctx.save(x - lse)
        return x - lse

    @staticmethod
    def backward(ctx, g):
        (out,) = ctx.saved
        return g - np.exp(out) * g.sum(axis=1, keepdims=True)
