# input:  n m k, then n lines of m floats and a class 0..k-1
#         q, then q lines of m floats
# output: q lines, predicted class
import sys
import numpy as np


def h(a):
    return np.c_[a, np.ones(len(a))]  # bias = last row of w


def f(w, x):
    a = [h(x)]
    for u in w[:-1]:
        a.append(h(np.tanh(a[-1] @ u)))
    z = a[-1] @ w[-1]
    e = np.exp(z - z.max(1)[:, None])
    return a, e / e.sum(1)[:, None]


def l(w, x, y):
    return -np.log(f(w, x)[1][range(len(y)), y]).sum()


def g(w, x, y):
    a, d = f(w, x)
    d[range(len(y)), y] -= 1
    r = []
    for i in range(len(w) - 1, -1, -1):
        r += [a[i].T @ d]
        if i:
            d = (d @ w[i].T * (1 - a[i] ** 2))[:, :-1]
    return r[::-1]


def solve(x, y, k, t=1500, c=.3):
    s = [x.shape[1], 20, 12, k]
    np.random.seed(1)
    w = [np.random.randn(p + 1, q) / p ** .5 for p, q in zip(s, s[1:])]
    v = [0 * u for u in w]
    for _ in range(t):
        for u, b, d in zip(w, v, g(w, x, y)):
            b *= .9
            b += d / len(y)
            u -= c * b
    return w


if __name__ == "__main__":
    it = iter(sys.stdin.read().split())
    n, m, k = (int(next(it)) for _ in range(3))
    x, y = np.zeros((n, m)), np.zeros(n, int)
    for i in range(n):
        for j in range(m):
            x[i, j] = float(next(it))
        y[i] = int(next(it))
    q = int(next(it))
    z = np.array([[float(next(it)) for _ in range(m)] for _ in range(q)]).reshape(q, m)
    o, p = x.mean(0), x.std(0) + 1e-9
    w = solve((x - o) / p, y, k)
    print("loss", l(w, (x - o) / p, y) / n, file=sys.stderr)
    print("acc", (f(w, (x - o) / p)[1].argmax(1) == y).mean(), file=sys.stderr)
    for i in f(w, (z - o) / p)[1].argmax(1):
        print(i)
