import copy

import numpy as np

CONFIG = {
    "layers": [{"units": 6, "activation": "tanh"}],
    "optimizer": {"name": "sgd", "lr": 0.05, "l2": 1e-3},
    "seed": 0,
}
ACT = {
    "tanh": (np.tanh, lambda z, a: 1 - a * a),
    "linear": (lambda z: z, lambda z, a: np.ones_like(z)),
}

def out_cross_entropy(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.sum(y * np.log(p), axis=1)), (p - y) / len(y)

def out_mse(z, y):
    return np.mean((z - y) ** 2), 2 * (z - y) / y.size

OUT = {"mse": out_mse, "cross_entropy": out_cross_entropy}

def build(cfg, n_in, n_out, rng):
    net = []
    for spec in cfg["layers"] + [{"units": n_out, "activation": "linear"}]:
        w = rng.normal(size=(n_in, spec["units"]))
        net.append({"w": w, "b": np.zeros(spec["units"]), "activation": spec["activation"]})
        n_in = spec["units"]
    return net

def gradients(net, x, y, loss_name, opt):
    trace = [(None, x)]
    for layer in net:
        z = trace[-1][1] @ layer["w"] + layer["b"]
        trace.append((z, ACT[layer["activation"]][0](z)))
    loss, d = OUT[loss_name](trace[-1][1], y)
    grads = [None] * len(net)
    for i in range(len(net) - 1, -1, -1):
        d = d * ACT[net[i]["activation"]][1](*trace[i + 1])
        grads[i] = {"w": trace[i][1].T @ d + opt["l2"] * net[i]["w"], "b": d.sum(axis=0)}
        d = d @ net[i]["w"].T
    return loss, grads

def apply_update(net, grads, memory, opt):
    for layer, grad in zip(net, grads):
        for key in ("w", "b"):
            layer[key] = layer[key] - opt["lr"] * grad[key]

def main(cfg, x, y, loss_name):
    rng = np.random.default_rng(cfg["seed"])
    net, memory = build(cfg, x.shape[1], y.shape[1], rng), {}
    for _ in range(10):
        _, grads = gradients(net, x, y, loss_name, cfg["optimizer"])
        apply_update(net, grads, memory, cfg["optimizer"])

if __name__ == "__main__":
    config = copy.deepcopy(CONFIG)
    main(config, np.zeros((4, 2)), np.eye(4), "cross_entropy")
