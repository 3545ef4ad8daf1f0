"""
MLP as pure functions. Parameters are a tuple of (weight, bias) pairs that is
never modified; training is a fold over batches that yields new parameters.

The targets are several yes/no tags per row: independent sigmoid outputs with
binary cross-entropy.
"""
from functools import reduce

import numpy as np
from sklearn.datasets import make_multilabel_classification


def init(key, sizes):
    gen = np.random.default_rng(key)
    return tuple(
        (gen.normal(size=(i, o)) * np.sqrt(1.0 / i), np.zeros(o))
        for i, o in zip(sizes, sizes[1:])
    )


def swish(z):
    return z / (1 + np.exp(-z))


def swish_prime(z):
    s = 1 / (1 + np.exp(-z))
    return s + z * s * (1 - s)


def apply(params, x):
    (w, b), *rest = params
    z = x @ w + b
    return apply(rest, swish(z)) if rest else z


def bce(logits, tags):
    """Summed over the tags, averaged over the rows; logits in, no overflow."""
    per_tag = np.maximum(logits, 0) - logits * tags + np.log1p(np.exp(-np.abs(logits)))
    return per_tag.sum(axis=1).mean()


def loss(params, x, tags):
    return bce(apply(params, x), tags)


def pullback(params, x, tags):
    """Returns (d loss / d x, gradients), one recursion level per layer."""
    (w, b), *rest = params
    z = x @ w + b
    if rest:
        d_act, grads = pullback(rest, swish(z), tags)
        dz = d_act * swish_prime(z)
    else:
        grads = ()
        dz = (1 / (1 + np.exp(-z)) - tags) / len(x)
    return dz @ w.T, ((x.T @ dz, dz.sum(axis=0)), *grads)


def grad(params, x, tags):
    return pullback(params, x, tags)[1]


def sgd(rate):
    def update(params, batch):
        return tuple(
            (w - rate * dw, b - rate * db)
            for (w, b), (dw, db) in zip(params, grad(params, *batch))
        )
    return update


def split_batches(key, x, tags, size):
    order = np.random.default_rng(key).permutation(len(x))
    pieces = (order[i:i + size] for i in range(0, len(order), size))
    return ((x[p], tags[p]) for p in pieces)


def train(params, x, tags, rate, epochs, size):
    def one_epoch(current, epoch):
        updated = reduce(sgd(rate), split_batches(epoch, x, tags, size), current)
        if epoch % 20 == 0:
            print(f"epoch {epoch:3d}  loss {loss(updated, x, tags):.4f}")
        return updated
    return reduce(one_epoch, range(1, epochs + 1), params)


def tag_accuracy(params, x, tags):
    return np.mean((apply(params, x) > 0) == tags)


def exact_match(params, x, tags):
    return np.mean(np.all((apply(params, x) > 0) == tags, axis=1))


if __name__ == "__main__":
    data, tags = make_multilabel_classification(
        n_samples=1500, n_features=20, n_classes=5, n_labels=2, random_state=5
    )
    fit, held = slice(0, 1200), slice(1200, None)
    data = (data - data[fit].mean(axis=0)) / data[fit].std(axis=0)

    params = train(init(0, [20, 32, 16, 5]), data[fit], tags[fit], rate=0.1, epochs=100, size=30)
    for name, part in (("train", fit), ("test", held)):
        print(
            f"{name:>5}: per tag {tag_accuracy(params, data[part], tags[part]):.3f}, "
            f"all tags right {exact_match(params, data[part], tags[part]):.3f}"
        )
