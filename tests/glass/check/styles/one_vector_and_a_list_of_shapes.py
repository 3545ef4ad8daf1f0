import argparse

import numpy as np


def bent(kind, z):
    if kind == "swish":
        s = 1 / (1 + np.exp(-z))
        return z * s, s + z * s * (1 - s)
    if kind == "softplus":
        return np.logaddexp(0, z), 1 / (1 + np.exp(-z))
    raise KeyError(kind)


def shapes_of(d_in, width, blocks, d_out):
    found = [(d_in, width), (width,)]
    for _ in range(blocks):
        found += [(width, width), (width,)]
    return found + [(width, d_out), (d_out,)]


def unpack(theta, shapes):
    out, at = [], 0
    for shape in shapes:
        n = int(np.prod(shape))
        out.append(theta[at:at + n].reshape(shape))
        at += n
    assert at == len(theta)
    return out


def init(shapes, rng):
    return np.concatenate([rng.normal(0, 0.3, s).ravel() for s in shapes])


def value_and_grad(theta, x, t, shapes, kind, share):
    p = unpack(theta, shapes)
    hs, slopes = [x @ p[0] + p[1]], []
    for W, b in zip(p[2:-2:2], p[3:-2:2]):
        f, slope = bent(kind, hs[-1] @ W + b)
        slopes.append(slope)
        hs.append(hs[-1] + share * f)
    z = hs[-1] @ p[-2] + p[-1]
    m = z.max(axis=1, keepdims=True)
    logp = z - m - np.log(np.exp(z - m).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[range(len(x)), t] -= 1
    dz /= len(x)
    grads = [hs[-1].T @ dz, dz.sum(axis=0)]
    dh = dz @ p[-2].T
    for at in reversed(range(len(slopes))):
        back = share * dh * slopes[at]
        grads = [hs[at].T @ back, back.sum(axis=0)] + grads
        dh = dh + back @ p[2 + 2 * at].T
    grads = [x.T @ dh, dh.sum(axis=0)] + grads
    return -logp[range(len(x)), t].mean(), np.concatenate([g.ravel() for g in grads])


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--kind", default="swish")
    ap.add_argument("--blocks", type=int, default=3)
    a = ap.parse_args()
    data = np.load("rows.npz")
    x, t = data["x"], data["t"]
    shapes = shapes_of(x.shape[1], 32, a.blocks, int(t.max()) + 1)
    theta = init(shapes, np.random.default_rng(0))
    for _ in range(100):
        value, g = value_and_grad(theta, x, t, shapes, a.kind, 1 / np.sqrt(a.blocks))
        theta -= 0.1 * g
        print(value)


if __name__ == "__main__":
    main()
