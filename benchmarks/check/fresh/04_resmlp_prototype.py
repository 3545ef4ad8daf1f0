"""exp_017: small residual MLP, one flat parameter vector, decoupled weight decay.

h0 = x A + a ;  h_{l+1} = h_l + s * phi(h_l W_l + b_l) ;  logits = h_L V + v

NOTE: phi' is written by hand for each phi. tested against central differences.
TODO: layer norm? (did not help in exp_012)
"""
import argparse
import json
import os

import numpy as np

C0 = np.sqrt(2.0 / np.pi)


def phi(name, z):
    """value and derivative"""
    if name == "swish":
        s = 1.0 / (1.0 + np.exp(-z))
        return z * s, s + z * s * (1.0 - s)
    if name == "gelu":  # tanh form
        u = C0 * (z + 0.044715 * z ** 3)
        t = np.tanh(u)
        du = C0 * (1.0 + 3 * 0.044715 * z ** 2)
        return 0.5 * z * (1 + t), 0.5 * (1 + t) + 0.5 * z * (1 - t ** 2) * du
    if name == "softplus":
        return np.logaddexp(0.0, z), 1.0 / (1.0 + np.exp(-z))
    raise KeyError(name)


def shapes(d_in, width, depth, d_out):
    sh = [(d_in, width), (width,)]
    for _ in range(depth):
        sh += [(width, width), (width,)]
    return sh + [(width, d_out), (d_out,)]


def views(theta, sh):
    out, k = [], 0
    for s in sh:
        n = int(np.prod(s))
        out.append(theta[k:k + n].reshape(s))
        k += n
    assert k == theta.size
    return out


def init(sh, rng):
    theta = np.zeros(sum(int(np.prod(s)) for s in sh))
    for v in views(theta, sh):
        if v.ndim == 2:
            v[...] = rng.normal(0, 1 / np.sqrt(v.shape[0]), v.shape)
    return theta


def logits_fn(theta, x, sh, act, scale):
    p = views(theta, sh)
    h = x @ p[0] + p[1]
    for W, b in zip(p[2:-2:2], p[3:-2:2]):
        h = h + scale * phi(act, h @ W + b)[0]
    return h @ p[-2] + p[-1]


def value_and_grad(theta, x, t, sh, act, scale):
    """mean NLL (nats) and d/dtheta; t is a vector of class ids"""
    p = views(theta, sh)
    g = np.empty_like(theta)
    gp = views(g, sh)
    B = len(x)

    hs, dphis = [x @ p[0] + p[1]], []
    for W, b in zip(p[2:-2:2], p[3:-2:2]):
        f, df = phi(act, hs[-1] @ W + b)
        dphis.append(df)
        hs.append(hs[-1] + scale * f)
    o = hs[-1] @ p[-2] + p[-1]
    m = o.max(1, keepdims=True)
    logp = o - m - np.log(np.exp(o - m).sum(1, keepdims=True))
    nll = -logp[range(B), t].mean()

    r = np.exp(logp)
    r[range(B), t] -= 1.0
    r /= B
    gp[-2][...] = hs[-1].T @ r
    gp[-1][...] = r.sum(0)
    dh = r @ p[-2].T
    for l in reversed(range(len(dphis))):
        dz = scale * dh * dphis[l]
        gp[2 + 2 * l][...] = hs[l].T @ dz
        gp[3 + 2 * l][...] = dz.sum(0)
        dh = dh + dz @ p[2 + 2 * l].T  # skip path + branch
    gp[0][...] = x.T @ dh
    gp[1][...] = dh.sum(0)
    return nll, g


def adamw(theta, g, st, lr, wd, b1=0.9, b2=0.98, eps=1e-8):
    st["t"] += 1
    st["m"] += (1 - b1) * (g - st["m"])
    st["v"] += (1 - b2) * (g * g - st["v"])
    mhat = st["m"] / (1 - b1 ** st["t"])
    vhat = st["v"] / (1 - b2 ** st["t"])
    theta -= lr * (mhat / (np.sqrt(vhat) + eps) + wd * theta)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", default="features.npz")
    ap.add_argument("--act", default="gelu", choices=["swish", "gelu", "softplus"])
    ap.add_argument("--width", type=int, default=48)
    ap.add_argument("--depth", type=int, default=3)
    ap.add_argument("--steps", type=int, default=2000)
    ap.add_argument("--lr", type=float, default=2e-3)
    ap.add_argument("--wd", type=float, default=1e-2)
    ap.add_argument("--seed", type=int, default=0)
    a = ap.parse_args()
    if not os.path.exists(a.data):
        raise SystemExit("need %s with x_train, t_train, x_test, t_test" % a.data)
    z = np.load(a.data)
    x, t, xt, tt = z["x_train"], z["t_train"], z["x_test"], z["t_test"]
    rng = np.random.default_rng(a.seed)
    sh = shapes(x.shape[1], a.width, a.depth, int(t.max()) + 1)
    theta = init(sh, rng)
    st = {"t": 0, "m": np.zeros_like(theta), "v": np.zeros_like(theta)}
    scale = 1 / np.sqrt(a.depth)
    for k in range(a.steps):
        i = rng.integers(0, len(x), 64)
        lr = a.lr * 0.5 * (1 + np.cos(np.pi * k / a.steps))
        nll, g = value_and_grad(theta, x[i], t[i], sh, a.act, scale)
        adamw(theta, g, st, lr, a.wd)
        if k % 200 == 0:
            acc = (logits_fn(theta, xt, sh, a.act, scale).argmax(1) == tt).mean()
            print(json.dumps({"step": k, "nll": float(nll), "test_acc": float(acc)}))


if __name__ == "__main__":
    main()
