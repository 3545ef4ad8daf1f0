from dataclasses import dataclass, field

import numpy as np

@dataclass(frozen=True)
class Config:
    sizes: tuple
    learning_rate: float = 0.01
    weight_decay: float = 1e-3
    epochs: int = 100

@dataclass
class MLP:
    config: Config
    weights: list = field(init=False)
    biases: list = field(init=False)

    def __post_init__(self):
        pairs = list(zip(self.config.sizes, self.config.sizes[1:]))
        self.weights = [np.random.randn(a, b) for a, b in pairs]
        self.biases = [np.zeros(b) for _, b in pairs]

    def forward(self, x):
        inputs = []
        for at, (W, b) in enumerate(zip(self.weights, self.biases)):
            inputs.append(x)
            x = x @ W + b
            if at < len(self.weights) - 1:
                x = np.tanh(x)
        e = np.exp(x - x.max(axis=1, keepdims=True))
        x = e / e.sum(axis=1, keepdims=True)
        return x, inputs

    def gradients(self, x, target):
        out, inputs = self.forward(x)
        delta = (out - target) / len(x)
        grads = []
        for W, entered in zip(reversed(self.weights), reversed(inputs)):
            grads.insert(0, (entered.T @ delta + self.config.weight_decay * W, delta.sum(axis=0)))
            delta = delta @ W.T * (1 - entered ** 2)
        return grads

    def fit(self, x, target):
        for _ in range(self.config.epochs):
            for at, (dW, db) in enumerate(self.gradients(x, target)):
                self.weights[at] = self.weights[at] - self.config.learning_rate * dW
                self.biases[at] = self.biases[at] - self.config.learning_rate * db
            yield np.mean((self.forward(x)[0] - target) ** 2)

def main(x, y):
    model = MLP(Config(sizes=(x.shape[1], 6, 3), learning_rate=0.05))
    for loss in model.fit(x, y):
        print(loss)
