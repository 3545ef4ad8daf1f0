#!/usr/bin/env python
# coding: utf-8

# # Digit Recognizer - no keras, no torch, just numpy
# exported from the notebook, so sorry for the cell numbers

# In[1]:
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt

SEED = 2021
np.random.seed(SEED)


# In[2]: the net. examples are COLUMNS here!!
def init_params(n_in=784, n_h1=64, n_h2=32, n_out=10):
    W1 = np.random.randn(n_h1, n_in) * np.sqrt(2 / n_in)
    b1 = np.zeros((n_h1, 1))
    W2 = np.random.randn(n_h2, n_h1) * np.sqrt(2 / n_h1)
    b2 = np.zeros((n_h2, 1))
    W3 = np.random.randn(n_out, n_h2) * np.sqrt(1 / n_h2)
    b3 = np.zeros((n_out, 1))
    return W1, b1, W2, b2, W3, b3


def leaky(Z):
    return np.where(Z > 0, Z, 0.01 * Z)


def leaky_deriv(Z):
    return np.where(Z > 0, 1.0, 0.01)


def softmax(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def one_hot(Y, n=10):
    return np.eye(n)[Y].T


def forward_prop(P, X):
    W1, b1, W2, b2, W3, b3 = P
    Z1 = W1 @ X + b1
    A1 = leaky(Z1)
    Z2 = W2 @ A1 + b2
    A2 = leaky(Z2)
    Z3 = W3 @ A2 + b3
    A3 = softmax(Z3)
    return Z1, A1, Z2, A2, A3


def cross_entropy(A3, Y):
    m = Y.size
    return -np.log(A3[Y, np.arange(m)] + 1e-12).sum() / m


def backward_prop(P, C, X, Y):
    _, _, W2, _, W3, b3 = P
    Z1, A1, Z2, A2, A3 = C
    m = Y.size
    dZ3 = (A3 - one_hot(Y, b3.shape[0])) / m
    dW3 = dZ3 @ A2.T
    db3 = dZ3.sum(1, keepdims=True)
    dZ2 = (W3.T @ dZ3) * leaky_deriv(Z2)
    dW2 = dZ2 @ A1.T
    db2 = dZ2.sum(1, keepdims=True)
    dZ1 = (W2.T @ dZ2) * leaky_deriv(Z1)
    dW1 = dZ1 @ X.T
    db1 = dZ1.sum(1, keepdims=True)
    return dW1, db1, dW2, db2, dW3, db3


def update_params(P, G, lr):
    return tuple(p - lr * g for p, g in zip(P, G))


def get_accuracy(P, X, Y):
    return np.mean(forward_prop(P, X)[-1].argmax(0) == Y)


# In[3]: data
train = pd.read_csv('../input/digit-recognizer/train.csv')
test = pd.read_csv('../input/digit-recognizer/test.csv')
print(train.shape, test.shape)

data = train.sample(frac=1, random_state=SEED).to_numpy()
n_dev = len(data) // 10
X_dev, Y_dev = data[:n_dev, 1:].T / 255., data[:n_dev, 0]
X_train, Y_train = data[n_dev:, 1:].T / 255., data[n_dev:, 0]

# In[4]: train
EPOCHS, BS, lr = 12, 128, 0.15
P = init_params(n_in=X_train.shape[0])
losses, dev_accs = [], []
for ep in range(EPOCHS):
    perm = np.random.permutation(X_train.shape[1])
    running = 0.
    for i in range(0, len(perm), BS):
        idx = perm[i:i + BS]
        xb, yb = X_train[:, idx], Y_train[idx]
        C = forward_prop(P, xb)
        running += cross_entropy(C[-1], yb) * len(idx)
        P = update_params(P, backward_prop(P, C, xb, yb), lr)
    lr *= 0.9
    losses.append(running / len(perm))
    dev_accs.append(get_accuracy(P, X_dev, Y_dev))
    print(f'ep {ep:2d}  loss {losses[-1]:.4f}  dev acc {dev_accs[-1]:.4f}')

# In[5]: curves
fig, ax = plt.subplots(1, 2, figsize=(10, 3))
ax[0].plot(losses); ax[0].set_title('train loss')
ax[1].plot(dev_accs); ax[1].set_title('dev accuracy')
plt.savefig('curves.png')

# In[6]: submission
preds = forward_prop(P, test.to_numpy().T / 255.)[-1].argmax(0)
pd.DataFrame({'ImageId': np.arange(1, len(preds) + 1), 'Label': preds}).to_csv('submission.csv', index=False)
