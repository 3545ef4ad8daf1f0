import copy
import json
import sys

import numpy as np
from sklearn import datasets

CONFIG = {
    "data": "wine",              # wine | cancer | diabetes; decides the loss too
    "test_fraction": 0.25,
    "layers": [
        {"units": 16, "activation": "tanh"},
        {"units": 8, "activation": "leaky_relu"},
    ],
    "init_scale": 1.0,
    "optimizer": {"name": "rmsprop", "lr": 0.005, "rho": 0.9, "eps": 1e-8},  # or sgd
    "epochs": 120,
    "batch_size": 16,
    "seed": 0,
}

ACT = {
    # name: (function of z, derivative given z and a)
    "tanh": (np.tanh, lambda z, a: 1 - a * a),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z, a: a * (1 - a)),
    "relu": (lambda z: z * (z > 0), lambda z, a: 1.0 * (z > 0)),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z, a: np.where(z > 0, 1.0, 0.01)),
    "linear": (lambda z: z, lambda z, a: np.ones_like(z)),
}


def out_cross_entropy(z, y):
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return p, -np.mean(np.sum(y * np.log(p + 1e-12), axis=1)), (p - y) / len(y)


def out_binary_cross_entropy(z, y):
    p = 1 / (1 + np.exp(-z))
    return p, np.mean(np.logaddexp(0, z) - y * z), (p - y) / y.size


def out_mse(z, y):
    return z, np.mean((z - y) ** 2), 2 * (z - y) / y.size


OUT = {
    "cross_entropy": out_cross_entropy,
    "binary_cross_entropy": out_binary_cross_entropy,
    "mse": out_mse,
}


def build(cfg, n_in, n_out, rng):
    net = []
    for spec in cfg["layers"] + [{"units": n_out, "activation": "linear"}]:
        scale = cfg["init_scale"] / np.sqrt(n_in)
        net.append({"w": scale * rng.normal(size=(n_in, spec["units"])),
                    "b": np.zeros((1, spec["units"])),
                    "activation": spec["activation"]})
        n_in = spec["units"]
    return net


def run_forward(net, x):
    trace = [(None, x)]
    for layer in net:
        z = trace[-1][1] @ layer["w"] + layer["b"]
        trace.append((z, ACT[layer["activation"]][0](z)))
    return trace


def gradients(net, x, y, loss_name):
    trace = run_forward(net, x)
    _, loss, d = OUT[loss_name](trace[-1][1], y)
    grads = [None] * len(net)
    for i in range(len(net) - 1, -1, -1):
        z, a = trace[i + 1]
        d = d * ACT[net[i]["activation"]][1](z, a)
        grads[i] = {"w": trace[i][1].T @ d, "b": d.sum(axis=0, keepdims=True)}
        d = d @ net[i]["w"].T
    return loss, grads


def apply_update(net, grads, memory, opt):
    for i, layer in enumerate(net):
        for key in ("w", "b"):
            g = grads[i][key]
            if opt["name"] == "rmsprop":
                old = memory.get((i, key), np.zeros_like(g))
                memory[i, key] = opt["rho"] * old + (1 - opt["rho"]) * g ** 2
                g = g / (np.sqrt(memory[i, key]) + opt["eps"])
            elif opt["name"] != "sgd":
                raise KeyError(opt["name"])
            layer[key] -= opt["lr"] * g


def load(cfg):
    loader, loss = {"wine": (datasets.load_wine, "cross_entropy"),
                    "cancer": (datasets.load_breast_cancer, "binary_cross_entropy"),
                    "diabetes": (datasets.load_diabetes, "mse")}[cfg["data"]]
    x, t = loader(return_X_y=True)
    if loss == "cross_entropy":
        return x, np.eye(t.max() + 1)[t], loss
    return x, t.reshape(-1, 1).astype(float), loss


def main(cfg):
    rng = np.random.default_rng(cfg["seed"])
    x, y, loss_name = load(cfg)
    perm = rng.permutation(len(x))
    n_test = int(cfg["test_fraction"] * len(x))
    test, train = perm[:n_test], perm[n_test:]
    x = (x - x[train].mean(0)) / x[train].std(0)
    if loss_name == "mse":
        y = (y - y[train].mean(0)) / y[train].std(0)

    net, memory = build(cfg, x.shape[1], y.shape[1], rng), {}
    for epoch in range(1, cfg["epochs"] + 1):
        rng.shuffle(train)
        for s in range(0, len(train), cfg["batch_size"]):
            rows = train[s:s + cfg["batch_size"]]
            _, grads = gradients(net, x[rows], y[rows], loss_name)
            apply_update(net, grads, memory, cfg["optimizer"])
        if epoch % 20 == 0:
            print(epoch, {k: round(float(OUT[loss_name](run_forward(net, x[r])[-1][1], y[r])[1]), 4)
                          for k, r in (("train", train), ("test", test))})

    out = OUT[loss_name](run_forward(net, x[test])[-1][1], y[test])[0]
    if loss_name == "mse":
        print("R2:", 1 - np.sum((out - y[test]) ** 2) / np.sum((y[test] - y[test].mean()) ** 2))
    elif loss_name == "cross_entropy":
        print("accuracy:", np.mean(out.argmax(1) == y[test].argmax(1)))
    else:
        print("accuracy:", np.mean((out > 0.5) == y[test]))


if __name__ == "__main__":
    config = copy.deepcopy(CONFIG)
    if len(sys.argv) > 1:
        with open(sys.argv[1]) as handle:
            config.update(json.load(handle))
    main(config)
