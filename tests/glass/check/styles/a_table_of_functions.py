import numpy as np

def network(sizes, eta=0.5):
    weights = [np.random.randn(a, b) * 0.5 for a, b in zip(sizes, sizes[1:])]
    biases = [np.zeros(b) for b in sizes[1:]]

    def forward(x):
        acts = [x]
        for i, (W, b) in enumerate(zip(weights, biases)):
            z = acts[-1] @ W + b
            if i < len(weights) - 1:
                acts.append(np.tanh(z))
            else:
                e = np.exp(z - z.max(axis=1, keepdims=True))
                acts.append(e / e.sum(axis=1, keepdims=True))
        return acts

    def fit(x, t, epochs=100):
        for _ in range(epochs):
            acts = forward(x)
            delta = (acts[-1] - t) / len(x)
            for i in reversed(range(len(weights))):
                dW, db = acts[i].T @ delta, delta.sum(axis=0)
                if i > 0:
                    delta = (delta @ weights[i].T) * (1 - acts[i] ** 2)
                weights[i] -= eta * dW
                biases[i] -= eta * db

    def predict(x):
        return forward(x)[-1].argmax(axis=1)

    return {"fit": fit, "predict": predict, "forward": forward}
