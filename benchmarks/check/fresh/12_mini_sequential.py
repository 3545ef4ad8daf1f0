"""mini-framework: modules, a Sequential container, a criterion and an optimizer."""
import numpy as np


class Module:
    training = True

    def parameters(self): return []
    def __call__(self, x): return self.forward(x)


class Param:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class Linear(Module):
    def __init__(self, fan_in, fan_out):
        k = 1 / np.sqrt(fan_in)
        self.weight = Param(np.random.uniform(-k, k, (fan_out, fan_in)))
        self.bias = Param(np.random.uniform(-k, k, fan_out))

    def parameters(self):
        return [self.weight, self.bias]

    def forward(self, x):
        self.x = x
        return x @ self.weight.data.T + self.bias.data

    def backward(self, grad):
        self.weight.grad += grad.T @ self.x
        self.bias.grad += grad.sum(0)
        return grad @ self.weight.data


class ReLU(Module):
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask


class Dropout(Module):
    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x):
        self.mask = 1.0
        if self.training:
            self.mask = (np.random.rand(*x.shape) >= self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask


class BatchNorm1d(Module):
    def __init__(self, n, momentum=0.1, eps=1e-5):
        self.gamma, self.beta = Param(np.ones(n)), Param(np.zeros(n))
        self.mean, self.var = np.zeros(n), np.ones(n)
        self.momentum, self.eps = momentum, eps

    def parameters(self):
        return [self.gamma, self.beta]

    def forward(self, x):
        if self.training:
            mu, var = x.mean(0), x.var(0)
            n = len(x)
            self.mean += self.momentum * (mu - self.mean)
            self.var += self.momentum * (var * n / max(n - 1, 1) - self.var)
        else:
            mu, var = self.mean, self.var
        self.istd = 1 / np.sqrt(var + self.eps)
        self.xhat = (x - mu) * self.istd
        return self.gamma.data * self.xhat + self.beta.data

    def backward(self, grad):
        self.gamma.grad += (grad * self.xhat).sum(0)
        self.beta.grad += grad.sum(0)
        g = grad * self.gamma.data
        if not self.training:
            return g * self.istd
        return self.istd * (g - g.mean(0) - self.xhat * (g * self.xhat).mean(0))


class Sequential(Module):
    def __init__(self, *mods):
        self.mods = mods

    def parameters(self):
        return [p for m in self.mods for p in m.parameters()]

    def train(self, flag=True):
        for m in self.mods:
            m.training = flag

    def forward(self, x):
        for m in self.mods:
            x = m(x)
        return x

    def backward(self, grad):
        for m in self.mods[::-1]:
            grad = m.backward(grad)
        return grad


class CrossEntropyLoss:
    def __call__(self, logits, labels):
        z = logits - logits.max(1, keepdims=True)
        self.logp = z - np.log(np.exp(z).sum(1, keepdims=True))
        self.labels = labels
        return -self.logp[np.arange(len(labels)), labels].mean()

    def backward(self):
        g = np.exp(self.logp)
        g[np.arange(len(g)), self.labels] -= 1
        return g / len(g)


class SGD:
    def __init__(self, params, lr, momentum=0.9):
        self.params, self.lr, self.mu = params, lr, momentum
        self.buf = [np.zeros_like(p.data) for p in params]

    def zero_grad(self):
        for p in self.params:
            p.grad[...] = 0

    def step(self):
        for p, v in zip(self.params, self.buf):
            v *= self.mu
            v += p.grad
            p.data -= self.lr * v


if __name__ == "__main__":
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    np.random.seed(0)
    X, y = load_digits(return_X_y=True)
    Xtr, Xte, ytr, yte = train_test_split(X / 16, y, test_size=.25, random_state=0)
    model = Sequential(Linear(64, 64), BatchNorm1d(64), ReLU(), Dropout(.2), Linear(64, 32), ReLU(), Linear(32, 10))
    crit, opt = CrossEntropyLoss(), SGD(model.parameters(), lr=0.05)
    for epoch in range(20):
        model.train()
        for idx in np.array_split(np.random.permutation(len(Xtr)), len(Xtr) // 32):
            opt.zero_grad()
            loss = crit(model(Xtr[idx]), ytr[idx])
            model.backward(crit.backward())
            opt.step()
        model.train(False)
        print(epoch, "last loss %.3f" % loss, "test acc %.4f" % (model(Xte).argmax(1) == yte).mean())
