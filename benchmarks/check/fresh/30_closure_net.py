"""A network made of closures: no classes, the state hides in the functions."""
import numpy as np
from sklearn.datasets import make_moons, make_blobs


def dense(n_in, n_out, rng, lr, mu):
    W = rng.standard_normal((n_out, n_in)) * np.sqrt(1.5 / n_in)
    b = np.zeros(n_out)
    vW, vb = np.zeros_like(W), np.zeros_like(b)
    seen = None

    def forward(x):
        nonlocal seen
        seen = x
        return x @ W.T + b

    def backward(g):
        nonlocal vW, vb
        g_in = g @ W
        vW = mu * vW - lr * (g.T @ seen)
        vb = mu * vb - lr * g.sum(axis=0)
        W[...] += vW
        b[...] += vb
        return g_in

    return forward, backward, lambda: (W, b)


def elu(alpha=1.0):
    slope = None

    def forward(x):
        nonlocal slope
        ex = alpha * np.exp(np.minimum(x, 0))
        slope = np.where(x > 0, 1.0, ex)
        return np.where(x > 0, x, ex - alpha)

    def backward(g):
        return g * slope

    return forward, backward, lambda: ()


def softmax_xent(scores, labels):
    """Mean loss and its gradient with respect to the scores."""
    m = scores.max(axis=1, keepdims=True)
    log_z = m + np.log(np.exp(scores - m).sum(axis=1, keepdims=True))
    log_p = scores - log_z
    hit = np.arange(labels.size)
    g = np.exp(log_p)
    g[hit, labels] -= 1.0
    return -log_p[hit, labels].mean(), g / labels.size


def network(sizes, lr=0.1, mu=0.9, seed=0):
    rng = np.random.default_rng(seed)
    stages = []
    for k in range(len(sizes) - 1):
        if k:
            stages.append(elu())
        stages.append(dense(sizes[k], sizes[k + 1], rng, lr, mu))

    def scores(x):
        for forward, _, _ in stages:
            x = forward(x)
        return x

    def step(x, labels):
        loss, g = softmax_xent(scores(x), labels)
        for _, backward, _ in reversed(stages):
            g = backward(g)
        return loss

    def predict(x):
        return scores(x).argmax(axis=1)

    def params():
        return [p for _, _, get in stages for p in get()]

    return step, predict, scores, params


def run(name, x, y, sizes, epochs=150, batch=20):
    rng = np.random.default_rng(4)
    order = rng.permutation(len(y))
    x, y = x[order], y[order]
    cut = len(y) * 3 // 4
    shift, scale = x[:cut].mean(0), x[:cut].std(0)
    x = (x - shift) / scale

    step, predict, _, params = network(sizes, lr=0.03)
    for epoch in range(epochs):
        order = rng.permutation(cut)
        losses = [step(x[i], y[i]) for i in np.split(order, range(batch, cut, batch))]
    count = sum(p.size for p in params())
    print(
        f"{name:>6}: {count} parameters, last loss {np.mean(losses):.4f}, "
        f"train {np.mean(predict(x[:cut]) == y[:cut]):.3f}, "
        f"test {np.mean(predict(x[cut:]) == y[cut:]):.3f}"
    )


run("moons", *make_moons(400, noise=0.2, random_state=0), sizes=[2, 16, 8, 2])
run("blobs", *make_blobs(400, centers=4, cluster_std=1.5, random_state=6), sizes=[2, 12, 4])
