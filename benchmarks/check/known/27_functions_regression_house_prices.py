import numpy as np
from sklearn.datasets import fetch_california_housing
from sklearn.model_selection import train_test_split


def relu(x):
    return np.where(x > 0, x, 0)


def relu_prime(x):
    return np.where(x > 0, 1, 0)


def init(n_features, n_hidden):
    w1 = np.random.randn(n_features, n_hidden) * np.sqrt(2 / n_features)
    b1 = np.zeros(n_hidden)
    w2 = np.random.randn(n_hidden, 1) * np.sqrt(1 / n_hidden)
    b2 = np.zeros(1)
    return w1, b1, w2, b2


def forward(X, w1, b1, w2, b2):
    z1 = X @ w1 + b1
    a1 = relu(z1)
    y_hat = a1 @ w2 + b2
    return z1, a1, y_hat


def mean_squared_error(y_hat, y):
    return ((y_hat - y) ** 2).mean()


def r2_score(y_hat, y):
    return 1 - ((y - y_hat) ** 2).sum() / ((y - y.mean()) ** 2).sum()


def backward(X, y, z1, a1, y_hat, w2):
    n = X.shape[0]
    grad_y = 2.0 * (y_hat - y) / n
    grad_w2 = a1.T @ grad_y
    grad_b2 = grad_y.sum(axis=0)
    grad_a1 = grad_y @ w2.T
    grad_z1 = grad_a1 * relu_prime(z1)
    grad_w1 = X.T @ grad_z1
    grad_b1 = grad_z1.sum(axis=0)
    return grad_w1, grad_b1, grad_w2, grad_b2


def fit(X, y, n_hidden=32, lr=0.01, epochs=50, batch_size=64):
    w1, b1, w2, b2 = init(X.shape[1], n_hidden)
    for epoch in range(epochs):
        order = np.random.permutation(len(X))
        for i in range(0, len(X), batch_size):
            xb, yb = X[order[i:i + batch_size]], y[order[i:i + batch_size]]
            z1, a1, y_hat = forward(xb, w1, b1, w2, b2)
            g_w1, g_b1, g_w2, g_b2 = backward(xb, yb, z1, a1, y_hat, w2)
            w1 -= lr * g_w1
            b1 -= lr * g_b1
            w2 -= lr * g_w2
            b2 -= lr * g_b2
        print(f"epoch {epoch} mse {mean_squared_error(forward(X, w1, b1, w2, b2)[2], y):.4f}")
    return w1, b1, w2, b2


if __name__ == "__main__":
    housing = fetch_california_housing()
    X_train, X_test, y_train, y_test = train_test_split(housing.data, housing.target, random_state=0)
    # y as a column, otherwise y_hat - y becomes a matrix
    y_train, y_test = y_train.reshape(-1, 1), y_test.reshape(-1, 1)
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    X_train, X_test = (X_train - mean) / std, (X_test - mean) / std
    params = fit(X_train, y_train)
    prediction = forward(X_test, *params)[2]
    print("test mse:", mean_squared_error(prediction, y_test))
    print("test R2:", r2_score(prediction, y_test))
