import numpy as np

def make_mlp(n_in, n_hidden, n_out, lr=0.1, seed=1):
    rng = np.random.RandomState(seed)
    W1 = rng.randn(n_in, n_hidden) / np.sqrt(n_in)
    b1 = np.zeros((1, n_hidden))
    W2 = rng.randn(n_hidden, n_out) / np.sqrt(n_hidden)
    b2 = np.zeros((1, n_out))

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def forward(X):
        h = sigmoid(X @ W1 + b1)
        return h, sigmoid(h @ W2 + b2)

    def predict(X):
        return forward(X)[1]

    def train_step(X, y):
        nonlocal W1, b1, W2, b2
        h, out = forward(X)
        d_out = (out - y) * out * (1 - out)
        d_h = d_out @ W2.T * h * (1 - h)
        W2 = W2 - lr * h.T @ d_out
        b2 = b2 - lr * d_out.sum(axis=0, keepdims=True)
        W1 = W1 - lr * X.T @ d_h
        b1 = b1 - lr * d_h.sum(axis=0, keepdims=True)
        return np.mean((out - y) ** 2)

    return predict, train_step

if __name__ == "__main__":
    X = np.array([[0,0],[0,1],[1,0],[1,1]])
    y = np.array([[0],[1],[1],[0]])
    predict, train_step = make_mlp(2, 4, 1, lr=1.0)
    for i in range(10000):
        loss = train_step(X, y)
    print(predict(X))
