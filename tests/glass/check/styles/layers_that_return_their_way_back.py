import numpy as np


def bend(f, slope):
    def layer(_, x):
        a = f(x)
        return a, lambda da: ((), da * slope(a))
    return layer


hyperbolic = bend(np.tanh, lambda a: 1 - a ** 2)


def affine(p, x):
    W, b = p
    return x @ W + b, lambda dz: ((x.T @ dz, dz.sum(axis=0)), dz @ W.T)


def after(first, second):
    def both(p, x):
        a, back_first = first(p[0], x)
        z, back_second = second(p[1], a)

        def back(dz):
            dp2, da = back_second(dz)
            dp1, dx = back_first(da)
            return (dp1, dp2), dx
        return z, back
    return both


def make(rng, sizes, bent):
    pairs = list(zip(sizes, sizes[1:]))
    params = [(rng.normal(size=s) / np.sqrt(s[0]), np.zeros(s[1])) for s in pairs]
    net, nested = affine, params[0]
    for p in params[1:]:
        net, nested = after(after(net, bent), affine), ((nested, ()), p)
    return net, nested


def loss_and_grad(net, params, x, t):
    logits, back = net(params, x)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.sum(t * np.log(p)) / len(x), back((p - t) / len(x))[0]


if __name__ == "__main__":
    net, p0 = make(np.random.default_rng(0), (4, 8, 3), hyperbolic)
