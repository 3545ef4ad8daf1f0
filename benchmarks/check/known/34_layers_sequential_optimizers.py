import numpy as np
from sklearn.datasets import make_classification


class Parameter:
    def __init__(self, value):
        self.value = value
        self.grad = np.zeros_like(value)


class Linear:
    def __init__(self, n_in, n_out):
        bound = 1 / np.sqrt(n_in)
        self.W = Parameter(np.random.uniform(-bound, bound, (n_in, n_out)))
        self.b = Parameter(np.random.uniform(-bound, bound, n_out))

    def forward(self, x):
        self.x = x
        return x @ self.W.value + self.b.value

    def backward(self, grad):
        self.W.grad += self.x.T @ grad
        self.b.grad += grad.sum(axis=0)
        return grad @ self.W.value.T

    def parameters(self):
        return [self.W, self.b]


class ELU:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def backward(self, grad):
        return grad * np.where(self.x > 0, 1.0, self.alpha * np.exp(np.minimum(self.x, 0)))

    def parameters(self):
        return []


class Sequential:
    def __init__(self, *modules):
        self.modules = modules

    def forward(self, x):
        for module in self.modules:
            x = module.forward(x)
        return x

    def backward(self, grad):
        for module in reversed(self.modules):
            grad = module.backward(grad)
        return grad

    def parameters(self):
        return [p for module in self.modules for p in module.parameters()]


class BCEWithLogitsLoss:
    def forward(self, logits, target):
        self.logits, self.target = logits, target
        # max(z, 0) - z * t + log(1 + exp(-|z|))
        return np.mean(np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits))))

    def backward(self):
        probability = 0.5 * (1 + np.tanh(self.logits / 2))
        return (probability - self.target) / self.logits.size


class SGD:
    def __init__(self, parameters, lr, momentum=0.0):
        self.parameters, self.lr, self.momentum = parameters, lr, momentum
        self.velocity = [np.zeros_like(p.value) for p in parameters]

    def zero_grad(self):
        for p in self.parameters:
            p.grad = np.zeros_like(p.value)

    def step(self):
        for p, v in zip(self.parameters, self.velocity):
            v *= self.momentum
            v += p.grad
            p.value -= self.lr * v


class Adam(SGD):
    def __init__(self, parameters, lr=1e-2, betas=(0.9, 0.999), eps=1e-8):
        self.parameters, self.lr, self.betas, self.eps, self.t = parameters, lr, betas, eps, 0
        self.m = [np.zeros_like(p.value) for p in parameters]
        self.v = [np.zeros_like(p.value) for p in parameters]

    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.parameters):
            self.m[i] = b1 * self.m[i] + (1 - b1) * p.grad
            self.v[i] = b2 * self.v[i] + (1 - b2) * p.grad ** 2
            m, v = self.m[i] / (1 - b1 ** self.t), self.v[i] / (1 - b2 ** self.t)
            p.value -= self.lr * m / (np.sqrt(v) + self.eps)


def train(model, criterion, optimizer, x, t, epochs):
    for epoch in range(epochs):
        optimizer.zero_grad()
        loss = criterion.forward(model.forward(x), t)
        model.backward(criterion.backward())
        optimizer.step()
        if epoch % 50 == 0:
            print(f"epoch {epoch:4d}  loss {loss:.4f}")


if __name__ == "__main__":
    x, t = make_classification(n_samples=800, n_features=12, n_informative=6, random_state=3)
    t = t[:, None].astype(float)
    for make in (lambda p: SGD(p, lr=0.1, momentum=0.9), lambda p: Adam(p)):
        model = Sequential(Linear(12, 24), ELU(), Linear(24, 12), ELU(), Linear(12, 1))
        train(model, BCEWithLogitsLoss(), make(model.parameters()), x[:600], t[:600], 300)
        print("test accuracy", np.mean((model.forward(x[600:]) > 0) == t[600:]))
