import numpy as np

def train_net(X, y, hidden_size, epochs, learning_rate):
    W1 = np.random.randn(X.shape[1], hidden_size)
    b1 = np.zeros((1, hidden_size))
    W2 = np.random.randn(hidden_size, y.shape[1])
    b2 = np.zeros((1, y.shape[1]))
    for epoch in range(1, epochs + 1):
        a1 = np.tanh(X @ W1 + b1)
        out = a1 @ W2 + b2
        if epoch % (epochs // 10) == 0:
            print(epoch, np.mean((out - y) ** 2))
        dz2 = (out - y) / len(X)
        dz1 = dz2 @ W2.T * (1 - a1 ** 2)
        W2 -= learning_rate * a1.T @ dz2
        b2 -= learning_rate * dz2.sum(axis=0, keepdims=True)
        W1 -= learning_rate * X.T @ dz1
        b1 -= learning_rate * dz1.sum(axis=0, keepdims=True)
    return W1, b1, W2, b2, out
