# %% [markdown]
# # Lecture 7: a neural network on one page
# We classify three intertwined spirals. A straight line cannot do it; one
# hidden layer of rectified units can.

# %%
import numpy as np
import matplotlib.pyplot as plt

rng = np.random.RandomState(0)

# %% Step 1. The data: N points per class, C classes
N, C = 100, 3
X = np.zeros((N * C, 2))
t = np.zeros(N * C, dtype=int)
for c in range(C):
    rows = slice(c * N, (c + 1) * N)
    radius = np.linspace(0.05, 1, N)
    angle = np.linspace(4 * c, 4 * (c + 1), N) + 0.2 * rng.randn(N)
    X[rows] = np.c_[radius * np.sin(angle), radius * np.cos(angle)]
    t[rows] = c

held_out = rng.rand(N * C) < 0.2
X_train, t_train = X[~held_out], t[~held_out]
X_test, t_test = X[held_out], t[held_out]


# %% Step 2. The model
#   S1 = X V + a        (n x H)   pre-activations
#   H  = max(0, S1)     (n x H)   hidden units
#   S2 = H W + d        (n x C)   scores
#   P  = softmax(S2)    (n x C)   class probabilities
def forward(X, V, a, W, d):
    H = np.maximum(0, X @ V + a)
    S = H @ W + d
    S = S - S.max(axis=1, keepdims=True)    # softmax does not notice a shift
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    return H, P


# %% Step 3. The cost: mean cross-entropy plus a weight penalty
#   J = -(1/n) sum_i log P[i, t_i] + (lam/2) (|V|^2 + |W|^2)
# The biases are not penalised.
def cost(X, t, V, a, W, d, lam):
    _, P = forward(X, V, a, W, d)
    data = -np.log(P[range(len(t)), t]).mean()
    return data + lam / 2 * ((V ** 2).sum() + (W ** 2).sum())


# %% Step 4. The gradient, by the chain rule from right to left
def gradient(X, t, V, a, W, d, lam):
    n = len(t)
    H, P = forward(X, V, a, W, d)
    G = P.copy()                     # dJ/dS2 = (P - onehot(t)) / n
    G[range(n), t] -= 1
    G /= n
    dW = H.T @ G + lam * W
    dd = G.sum(axis=0)
    E = G @ W.T                      # dJ/dH
    E[H <= 0] = 0                    # a closed gate lets nothing through
    dV = X.T @ E + lam * V
    da = E.sum(axis=0)
    return dV, da, dW, dd


# %% Step 5. Never trust a gradient you have not checked
def check_gradient(eps=1e-6):
    p = [rng.randn(2, 5), rng.randn(5), rng.randn(5, C), rng.randn(C)]
    some = rng.choice(len(X_train), 10, replace=False)
    Xs, ts = X_train[some], t_train[some]
    exact = gradient(Xs, ts, *p, 0.1)
    worst = 0
    for k in range(4):
        for i in np.ndindex(p[k].shape):
            keep = p[k][i]
            p[k][i] = keep + eps
            up = cost(Xs, ts, *p, 0.1)
            p[k][i] = keep - eps
            down = cost(Xs, ts, *p, 0.1)
            p[k][i] = keep
            worst = max(worst, abs((up - down) / (2 * eps) - exact[k][i]))
    return worst


print("largest difference, exact vs. numerical gradient:", check_gradient())

# %% Step 6. Gradient descent
units, lam, rate = 100, 1e-3, 1.0
V, a = 0.5 * rng.randn(2, units), np.zeros(units)
W, d = 0.1 * rng.randn(units, C), np.zeros(C)

for step in range(5001):
    dV, da, dW, dd = gradient(X_train, t_train, V, a, W, d, lam)
    V -= rate * dV
    a -= rate * da
    W -= rate * dW
    d -= rate * dd
    if step % 1000 == 0:
        print("step %5d   cost %.4f" % (step, cost(X_train, t_train, V, a, W, d, lam)))

# %% Step 7. Did it learn?
for name, data, target in [("train", X_train, t_train), ("test", X_test, t_test)]:
    answer = forward(data, V, a, W, d)[1].argmax(axis=1)
    print("%5s accuracy: %.3f" % (name, (answer == target).mean()))

# %% Step 8. The picture for the slides
gx, gy = np.meshgrid(np.linspace(-1.3, 1.3, 250), np.linspace(-1.3, 1.3, 250))
regions = forward(np.c_[gx.ravel(), gy.ravel()], V, a, W, d)[1].argmax(axis=1)
plt.contourf(gx, gy, regions.reshape(gx.shape), alpha=0.3, cmap="brg")
plt.scatter(X[:, 0], X[:, 1], c=t, s=12, cmap="brg")
plt.title("Decision regions")
plt.show()
