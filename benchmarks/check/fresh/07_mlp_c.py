# mlp.py -- port of mlp.c. fixed number of layers, flat buffers, no hidden allocation.
import sys
import numpy as np

MAXB = 1          # one sample at a time
ACT_TANH, ACT_RELU = 0, 1
OK, ERR_ARG, ERR_IO = 0, -1, -2


class mlp_t:
    __slots__ = ("nl", "n", "act", "w", "dw", "b", "db", "out", "delta", "count")


def mlp_init(net, n, act, seed):
    """n: layer sizes incl. input and output"""
    if len(n) < 2 or act not in (ACT_TANH, ACT_RELU):
        return ERR_ARG
    rs = np.random.RandomState(seed)
    net.nl = len(n) - 1
    net.n = list(n)
    net.act = act
    net.w, net.dw, net.b, net.db = [], [], [], []
    for l in range(net.nl):
        r = 1.0 / np.sqrt(n[l])
        net.w.append(rs.uniform(-r, r, n[l + 1] * n[l]))     # w[l][i*n[l] + j]
        net.dw.append(np.zeros(n[l + 1] * n[l]))
        net.b.append(np.zeros(n[l + 1]))
        net.db.append(np.zeros(n[l + 1]))
    net.out = [np.zeros(k) for k in n]
    net.delta = [np.zeros(k) for k in n]
    net.count = 0
    return OK


def mlp_forward(net, x):
    net.out[0][:] = x
    for l in range(net.nl):
        nin = net.n[l]
        for i in range(net.n[l + 1]):
            s = net.b[l][i]
            for j in range(nin):
                s += net.w[l][i * nin + j] * net.out[l][j]
            if l < net.nl - 1:
                if net.act == ACT_TANH:
                    s = np.tanh(s)
                elif s < 0.0:
                    s = 0.0
            net.out[l + 1][i] = s
    # softmax in place on the last buffer
    o = net.out[net.nl]
    mx = o[0]
    for i in range(1, len(o)):
        if o[i] > mx:
            mx = o[i]
    tot = 0.0
    for i in range(len(o)):
        o[i] = np.exp(o[i] - mx)
        tot += o[i]
    for i in range(len(o)):
        o[i] /= tot
    return o


def mlp_loss(net, label):
    return -np.log(net.out[net.nl][label])


def mlp_backward(net, label):
    """accumulates into dw/db; call after mlp_forward"""
    d = net.delta
    for i in range(net.n[net.nl]):
        d[net.nl][i] = net.out[net.nl][i] - (1.0 if i == label else 0.0)
    l = net.nl - 1
    while l >= 0:
        nin = net.n[l]
        for j in range(nin):
            d[l][j] = 0.0
        for i in range(net.n[l + 1]):
            e = d[l + 1][i]
            net.db[l][i] += e
            for j in range(nin):
                net.dw[l][i * nin + j] += e * net.out[l][j]
                d[l][j] += e * net.w[l][i * nin + j]
        if l > 0:
            for j in range(nin):
                y = net.out[l][j]
                if net.act == ACT_TANH:
                    d[l][j] *= 1.0 - y * y
                elif y <= 0.0:
                    d[l][j] = 0.0
        l -= 1
    net.count += 1


def mlp_step(net, lr):
    """average over the accumulated samples, step, clear"""
    if net.count == 0:
        return ERR_ARG
    k = lr / net.count
    for l in range(net.nl):
        for i in range(len(net.w[l])):
            net.w[l][i] -= k * net.dw[l][i]
            net.dw[l][i] = 0.0
        for i in range(len(net.b[l])):
            net.b[l][i] -= k * net.db[l][i]
            net.db[l][i] = 0.0
    net.count = 0
    return OK


def argmax(v):
    k = 0
    for i in range(1, len(v)):
        if v[i] > v[k]:
            k = i
    return k


def main(argc, argv):
    if argc < 2:
        sys.stderr.write("usage: %s data.txt   (columns: features... label)\n" % argv[0])
        return ERR_ARG
    try:
        raw = np.loadtxt(argv[1])
    except OSError:
        return ERR_IO
    ntest = raw.shape[0] // 5
    raw = raw[np.random.RandomState(7).permutation(raw.shape[0])]
    X, lab = raw[:, :-1], raw[:, -1].astype(int)
    net = mlp_t()
    if mlp_init(net, [X.shape[1], 8, 8, int(lab.max()) + 1], ACT_TANH, 1234) != OK:
        return ERR_ARG
    for epoch in range(60):
        tot = 0.0
        for s in range(ntest, X.shape[0]):
            mlp_forward(net, X[s])
            tot += mlp_loss(net, lab[s])
            mlp_backward(net, lab[s])
            if net.count == 8:
                mlp_step(net, 0.1)
        mlp_step(net, 0.1)     # leftovers; no-op if there are none
        if epoch % 10 == 0:
            print("epoch %3d  loss %.5f" % (epoch, tot / (X.shape[0] - ntest)))
    hit = 0
    for s in range(ntest):
        hit += int(argmax(mlp_forward(net, X[s])) == lab[s])
    print("test: %d/%d" % (hit, ntest))
    return OK


if __name__ == "__main__":
    sys.exit(main(len(sys.argv), sys.argv))
