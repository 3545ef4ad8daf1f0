# %% libraries
import numpy as np
import matplotlib.pyplot as plt
from sklearn import datasets

# %% data
iris = datasets.load_iris()
rng = np.random.default_rng(2)
order = rng.permutation(150)
X, y = iris.data[order], iris.target[order]
X_train, y_train = X[:110], y[:110]
X_test, y_test = X[110:], y[110:]

mu = X_train.mean(axis=0)
sd = X_train.std(axis=0)
X_train = (X_train - mu) / sd
X_test = (X_test - mu) / sd

T = np.zeros((110, 3))
T[np.arange(110), y_train] = 1

# %% hyperparameters and weights
hidden = 10
eta = 0.1
W1 = rng.normal(0, 0.5, (4, hidden))
b1 = np.zeros(hidden)
W2 = rng.normal(0, 0.5, (hidden, 3))
b2 = np.zeros(3)
losses = []


def softmax(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


# %% training
for epoch in range(1000):
    # forward
    Z1 = X_train @ W1 + b1
    H = np.tanh(Z1)
    P = softmax(H @ W2 + b2)

    loss = -np.sum(T * np.log(P + 1e-12)) / len(X_train)
    losses.append(loss)

    # backward
    dZ2 = (P - T) / len(X_train)
    dW2 = H.T @ dZ2
    db2 = dZ2.sum(axis=0)
    dH = dZ2 @ W2.T
    dZ1 = dH * (1 - H ** 2)
    dW1 = X_train.T @ dZ1
    db1 = dZ1.sum(axis=0)

    # gradient descent
    W1 -= eta * dW1
    b1 -= eta * db1
    W2 -= eta * dW2
    b2 -= eta * db2

    if epoch % 100 == 0:
        train_acc = np.mean(P.argmax(axis=1) == y_train)
        print(f"{epoch}: loss = {loss:.4f}, train accuracy = {train_acc:.3f}")

# %% evaluation
P_test = softmax(np.tanh(X_test @ W1 + b1) @ W2 + b2)
print("test accuracy =", np.mean(P_test.argmax(axis=1) == y_test))

plt.plot(losses)
plt.xlabel("epoch")
plt.ylabel("cross-entropy")
plt.show()
