"""An MLP as composition of arrows.

An arrow is a function  (params, x) -> (y, pullback)
where                    pullback(dy) -> (dparams, dx).
Params are plain nested tuples and nothing is ever mutated.
"""
from functools import partial, reduce
from itertools import accumulate, islice, repeat

import numpy as np

# ---------- primitive arrows ----------


def affine(p, x):
    w, b = p
    return x @ w + b, lambda dy: ((x.T @ dy, dy.sum(0)), dy @ w.T)


def pointwise(f, df):
    def arrow(_, x):
        return f(x), lambda dy: ((), dy * df(x))
    return arrow


tanh = pointwise(np.tanh, lambda x: 1 - np.tanh(x) ** 2)
relu = pointwise(lambda x: x * (x > 0), lambda x: (x > 0).astype(float))
sin = pointwise(np.sin, np.cos)
elu = pointwise(lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
                lambda x: np.exp(np.minimum(x, 0)))


# ---------- combinators ----------


def then(f, g):
    def arrow(pq, x):
        p, q = pq
        y, back_f = f(p, x)
        z, back_g = g(q, y)

        def pullback(dz):
            dq, dy = back_g(dz)
            dp, dx = back_f(dy)
            return (dp, dq), dx
        return z, pullback
    return arrow


chain = partial(reduce, then)


def chain_params(ps):
    """nest params the same way as chain nests arrows"""
    return reduce(lambda a, b: (a, b), ps)


def tree_map(f, *trees):
    head = trees[0]
    return (tuple(tree_map(f, *kids) for kids in zip(*trees))
            if isinstance(head, tuple) else f(*trees))


# ---------- loss ----------


def xent(logits, onehot):
    s = logits - logits.max(1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(1, keepdims=True))
    n = len(logits)
    return -(onehot * logp).sum() / n, (np.exp(logp) - onehot) / n


def loss_and_grad(net, params, x, t):
    logits, back = net(params, x)
    loss, dlogits = xent(logits, t)
    return loss, back(dlogits)[0]


# ---------- training is a fold ----------


def momentum_step(net, lr, mu, state, batch):
    params, vel = state
    _, grads = loss_and_grad(net, params, *batch)
    vel_ = tree_map(lambda v, g: mu * v - lr * g, vel, grads)
    return tree_map(np.add, params, vel_), vel_


def batches(rng, x, t, size):
    return ((x[i], t[i]) for i in map(lambda _: rng.choice(len(x), size, replace=False), repeat(None)))


def make(rng, sizes, act):
    pairs = tuple(zip(sizes, sizes[1:]))
    dense = tuple((rng.standard_normal(s) / np.sqrt(s[0]), np.zeros(s[1])) for s in pairs)
    arrows = reduce(lambda acc, _: acc + (act, affine), pairs[1:], (affine,))
    params = reduce(lambda acc, p: acc + ((), p), dense[1:], dense[:1])
    return chain(arrows), chain_params(params)


def accuracy(net, params, x, labels):
    return float(np.mean(net(params, x)[0].argmax(1) == labels))


def last(it):
    return reduce(lambda _, b: b, it)


if __name__ == "__main__":
    try:
        from sklearn.datasets import load_breast_cancer, load_wine
    except ImportError:
        raise SystemExit("no sklearn, nothing to train on")

    for load in (load_wine, load_breast_cancer):
        rng = np.random.default_rng(3)
        raw, lab = load(return_X_y=True)
        perm = rng.permutation(len(raw))
        z, lab = ((raw - raw.mean(0)) / raw.std(0))[perm], lab[perm]
        k = len(z) * 3 // 4
        net, p0 = make(rng, (z.shape[1], 16, 16, lab.max() + 1), tanh)
        stream = islice(batches(rng, z[:k], np.eye(lab.max() + 1)[lab[:k]], 20), 400)
        start = (p0, tree_map(np.zeros_like, p0))
        final, _ = last(accumulate(stream, partial(momentum_step, net, 0.05, 0.9), initial=start))
        print(load.__name__, "train", accuracy(net, final, z[:k], lab[:k]),
              "test", accuracy(net, final, z[k:], lab[k:]))
