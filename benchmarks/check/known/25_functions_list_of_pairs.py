"""A functional network: the parameters are a list of (W, b) and nothing is modified in place."""
import numpy as np


def init_network(sizes, scale=0.1, seed=0):
    rng = np.random.RandomState(seed)
    return [(scale * rng.randn(m, n), scale * rng.randn(n)) for m, n in zip(sizes[:-1], sizes[1:])]


def log_softmax(logits):
    c = logits.max(axis=1, keepdims=True)
    return logits - c - np.log(np.sum(np.exp(logits - c), axis=1, keepdims=True))


def forward(params, inputs):
    """Log probabilities, and the activations that the backward pass needs."""
    acts = [inputs]
    for W, b in params[:-1]:
        acts.append(np.tanh(acts[-1] @ W + b))
    W, b = params[-1]
    return log_softmax(acts[-1] @ W + b), acts


def loss(params, inputs, targets):
    logp, _ = forward(params, inputs)
    return -np.mean(np.sum(logp * targets, axis=1))


def grad(params, inputs, targets):
    logp, acts = forward(params, inputs)
    delta = (np.exp(logp) - targets) / len(inputs)
    grads = []
    for (W, b), a in zip(params[::-1], acts[::-1]):
        grads.append((a.T @ delta, delta.sum(axis=0)))
        delta = (delta @ W.T) * (1 - a * a)
    return grads[::-1]


def update(params, inputs, targets, step_size):
    grads = grad(params, inputs, targets)
    return [(W - step_size * dW, b - step_size * db) for (W, b), (dW, db) in zip(params, grads)]


def accuracy(params, inputs, targets):
    target_class = np.argmax(targets, axis=1)
    predicted_class = np.argmax(forward(params, inputs)[0], axis=1)
    return np.mean(predicted_class == target_class)


def batches(n, size, rng):
    order = rng.permutation(n)
    for start in range(0, n, size):
        yield order[start:start + size]


def main():
    with np.load("letters.npz") as f:
        train_x, train_t = f["train_x"], np.eye(26)[f["train_y"]]
        test_x, test_t = f["test_x"], np.eye(26)[f["test_y"]]

    params = init_network([train_x.shape[1], 100, 60, 26])
    rng = np.random.RandomState(1)
    for epoch in range(30):
        for rows in batches(len(train_x), 128, rng):
            params = update(params, train_x[rows], train_t[rows], 0.2)
        print(epoch, loss(params, train_x, train_t), accuracy(params, test_x, test_t))


if __name__ == "__main__":
    main()
