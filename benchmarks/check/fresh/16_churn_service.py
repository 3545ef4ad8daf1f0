"""Train the churn model.

Usage: python 16_churn_service.py customers.csv

The CSV needs a 0/1 column "Exited"; ids are dropped, text columns are dummied.
"""
import logging
import sys

import numpy as np

log = logging.getLogger("churn")

CONFIG = {
    "hidden": [24, 12],
    "pos_weight": 3.0,      # churners are rare
    "lr": 0.05,
    "momentum": 0.9,
    "l2": 1e-4,
    "clip": 5.0,
    "batch": 64,
    "max_epochs": 200,
    "patience": 10,
}
DROP = ("RowNumber", "CustomerId", "Surname")


def build(n_features, hidden, rng):
    dims = [n_features, *hidden, 1]
    return [
        {"W": rng.normal(scale=np.sqrt(2 / a), size=(a, b)), "b": np.zeros(b),
         "vW": np.zeros((a, b)), "vb": np.zeros(b)}
        for a, b in zip(dims, dims[1:])
    ]


def logits(net, X, keep=None):
    for i, layer in enumerate(net):
        if keep is not None:
            keep.append(X)
        X = X @ layer["W"] + layer["b"]
        if i + 1 < len(net):
            X = np.where(X > 0, X, 0)
    return X.ravel()


def expit(s):
    e = np.exp(-np.abs(s))
    return np.where(s >= 0, 1 / (1 + e), e / (1 + e))


def weighted_bce(s, y, pos_weight):
    # -[ w y log p + (1-y) log(1-p) ] written with softplus, never overflows
    softplus_neg = np.logaddexp(0, -s)      # -log p
    softplus_pos = np.logaddexp(0, s)       # -log (1-p)
    return np.mean(pos_weight * y * softplus_neg + (1 - y) * softplus_pos)


def objective(net, X, y, cfg):
    reg = sum((layer["W"] ** 2).sum() for layer in net)
    return weighted_bce(logits(net, X), y, cfg["pos_weight"]) + cfg["l2"] / 2 * reg


def gradients(net, X, y, cfg):
    inputs = []
    p = expit(logits(net, X, keep=inputs))
    w = cfg["pos_weight"]
    g = ((1 - y) * p - w * y * (1 - p))[:, None] / len(y)
    grads = []
    for layer, inp in zip(net[::-1], inputs[::-1]):
        grads.insert(0, (inp.T @ g + cfg["l2"] * layer["W"], g.sum(axis=0)))
        # inp is the relu output of the layer below (for the first one nobody uses the result)
        g = (g @ layer["W"].T) * (inp > 0)
    return grads


def apply(net, grads, cfg):
    norm = np.sqrt(sum((gW ** 2).sum() + (gb ** 2).sum() for gW, gb in grads))
    shrink = min(1.0, cfg["clip"] / (norm + 1e-12))
    for layer, (gW, gb) in zip(net, grads):
        layer["vW"] = cfg["momentum"] * layer["vW"] - cfg["lr"] * shrink * gW
        layer["vb"] = cfg["momentum"] * layer["vb"] - cfg["lr"] * shrink * gb
        layer["W"] = layer["W"] + layer["vW"]
        layer["b"] = layer["b"] + layer["vb"]


def auc(score, y):
    """Probability that a random churner scores above a random non-churner (ties count half)."""
    pos, neg = score[y == 1], np.sort(score[y == 0])
    below = np.searchsorted(neg, pos, side="left")
    not_above = np.searchsorted(neg, pos, side="right")
    return (below + not_above).sum() / (2.0 * len(pos) * len(neg))


def report(net, X, y, threshold=0.5):
    p = expit(logits(net, X))
    hat = p >= threshold
    tp = np.sum(hat & (y == 1))
    precision, recall = tp / max(hat.sum(), 1), tp / max((y == 1).sum(), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-12)
    return {"acc": np.mean(hat == y), "precision": precision, "recall": recall, "f1": f1, "auc": auc(p, y)}


def train(X, y, Xv, yv, cfg, rng):
    net = build(X.shape[1], cfg["hidden"], rng)
    best, best_net, bad = np.inf, net, 0
    for epoch in range(cfg["max_epochs"]):
        perm = rng.permutation(len(y))
        for start in range(0, len(y), cfg["batch"]):
            rows = perm[start:start + cfg["batch"]]
            apply(net, gradients(net, X[rows], y[rows], cfg), cfg)
        val = objective(net, Xv, yv, cfg)
        log.info("epoch %d val objective %.5f", epoch, val)
        if val < best:
            # apply() rebinds arrays instead of writing into them, a shallow copy is enough
            best, best_net, bad = val, [dict(layer) for layer in net], 0
        else:
            bad += 1
        if bad > cfg["patience"]:
            break
    return best_net


def main(path):
    import pandas as pd

    df = pd.read_csv(path).drop(columns=list(DROP), errors="ignore")
    y = df.pop("Exited").to_numpy(dtype=float)
    X = pd.get_dummies(df, drop_first=True).to_numpy(dtype=float)
    rng = np.random.default_rng(2024)
    idx = rng.permutation(len(y))
    te, va, tr = np.split(idx, [len(y) // 5, 2 * len(y) // 5])
    mean, std = X[tr].mean(0), X[tr].std(0)
    X = (X - mean) / np.where(std == 0, 1, std)
    net = train(X[tr], y[tr], X[va], y[va], CONFIG, rng)
    for k, v in report(net, X[te], y[te]).items():
        print(f"{k:>9}: {v:.4f}")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
