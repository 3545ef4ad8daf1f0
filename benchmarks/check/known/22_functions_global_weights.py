import numpy as np
import matplotlib.pyplot as plt

# ---- settings ----
INPUTS = 2
HIDDEN = 32
CLASSES = 3
LEARNING_RATE = 0.5
EPOCHS = 4000

# ---- weights ----
rng = np.random.default_rng(12)
W1 = rng.normal(0, 0.5, (INPUTS, HIDDEN))
b1 = np.zeros((1, HIDDEN))
W2 = rng.normal(0, 0.5, (HIDDEN, CLASSES))
b2 = np.zeros((1, CLASSES))


def make_spiral(points):
    X = np.zeros((points * CLASSES, 2))
    y = np.zeros(points * CLASSES, dtype=int)
    for k in range(CLASSES):
        r = np.linspace(0.05, 1, points)
        t = np.linspace(k * 4, (k + 1) * 4, points) + rng.normal(0, 0.2, points)
        X[k * points:(k + 1) * points] = np.c_[r * np.sin(t), r * np.cos(t)]
        y[k * points:(k + 1) * points] = k
    return X, y


def softmax(scores):
    scores = scores - np.max(scores, axis=1, keepdims=True)
    e = np.exp(scores)
    return e / np.sum(e, axis=1, keepdims=True)


def forward(X):
    hidden = np.maximum(0, X @ W1 + b1)
    probs = softmax(hidden @ W2 + b2)
    return hidden, probs


def loss(probs, y):
    return -np.mean(np.log(probs[np.arange(y.size), y]))


def train_step(X, y):
    global W1, b1, W2, b2
    n = X.shape[0]
    hidden, probs = forward(X)

    dscores = probs.copy()
    dscores[np.arange(n), y] -= 1
    dscores /= n

    dW2 = hidden.T @ dscores
    db2 = np.sum(dscores, axis=0, keepdims=True)
    dhidden = dscores @ W2.T
    dhidden[hidden <= 0] = 0
    dW1 = X.T @ dhidden
    db1 = np.sum(dhidden, axis=0, keepdims=True)

    W1 -= LEARNING_RATE * dW1
    b1 -= LEARNING_RATE * db1
    W2 -= LEARNING_RATE * dW2
    b2 -= LEARNING_RATE * db2
    return loss(probs, y)


def predict(X):
    return np.argmax(forward(X)[1], axis=1)


def accuracy(X, y):
    return np.mean(predict(X) == y)


def plot_regions(X, y):
    u, v = np.meshgrid(np.linspace(-1.2, 1.2, 150), np.linspace(-1.2, 1.2, 150))
    plt.contourf(u, v, predict(np.c_[u.ravel(), v.ravel()]).reshape(u.shape), alpha=0.3)
    plt.scatter(X[:, 0], X[:, 1], c=y, s=8)
    plt.show()


X_train, y_train = make_spiral(100)
X_test, y_test = make_spiral(40)

for epoch in range(EPOCHS):
    current = train_step(X_train, y_train)
    if epoch % 500 == 0:
        print(f"{epoch:5d}  loss {current:.4f}")

print("train accuracy", accuracy(X_train, y_train))
print("test accuracy ", accuracy(X_test, y_test))
plot_regions(X_test, y_test)
