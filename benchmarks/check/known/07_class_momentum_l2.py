import numpy as np
import pandas as pd


class NN:
    """Feedforward net, tanh inside, softmax outside, SGD with momentum and weight decay."""

    def __init__(self, dims, learning_rate=0.01, momentum=0.9, lambd=0.001):
        self.dims = dims
        self.L = len(dims) - 1
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.lambd = lambd
        self.W = {}
        self.b = {}
        self.vW = {}
        self.vb = {}
        for l in range(1, self.L + 1):
            limit = np.sqrt(6 / (dims[l - 1] + dims[l]))
            self.W[l] = np.random.uniform(-limit, limit, size=(dims[l - 1], dims[l]))
            self.b[l] = np.zeros((1, dims[l]))
            self.vW[l] = np.zeros_like(self.W[l])
            self.vb[l] = np.zeros_like(self.b[l])

    @staticmethod
    def softmax(Z):
        expZ = np.exp(Z - np.max(Z, axis=1).reshape(-1, 1))
        return expZ / np.sum(expZ, axis=1).reshape(-1, 1)

    @staticmethod
    def tanh_derivative(A):
        # in terms of the activation
        return 1 - A ** 2

    def forward(self, X):
        A = {0: X}
        for l in range(1, self.L):
            A[l] = np.tanh(A[l - 1].dot(self.W[l]) + self.b[l])
        A[self.L] = self.softmax(A[self.L - 1].dot(self.W[self.L]) + self.b[self.L])
        return A

    def cost(self, Y, Y_hat):
        m = Y.shape[0]
        ce = -np.sum(Y * np.log(Y_hat + 1e-15)) / m
        l2 = sum(np.sum(np.square(self.W[l])) for l in self.W)
        return ce + self.lambd / (2 * m) * l2

    def backward(self, A, Y):
        m = Y.shape[0]
        dW, db = {}, {}
        dZ = A[self.L] - Y
        for l in range(self.L, 0, -1):
            dW[l] = A[l - 1].T.dot(dZ) / m + self.lambd / m * self.W[l]
            db[l] = np.sum(dZ, axis=0, keepdims=True) / m
            if l > 1:
                dZ = dZ.dot(self.W[l].T) * self.tanh_derivative(A[l - 1])
        return dW, db

    def step(self, dW, db):
        for l in range(1, self.L + 1):
            self.vW[l] = self.momentum * self.vW[l] - self.learning_rate * dW[l]
            self.vb[l] = self.momentum * self.vb[l] - self.learning_rate * db[l]
            self.W[l] += self.vW[l]
            self.b[l] += self.vb[l]

    def fit(self, X, Y, epochs=100, batch_size=20):
        m = X.shape[0]
        for epoch in range(epochs):
            idx = np.random.permutation(m)
            for k in range(0, m, batch_size):
                batch = idx[k:k + batch_size]
                A = self.forward(X[batch])
                dW, db = self.backward(A, Y[batch])
                self.step(dW, db)
            if epoch % 10 == 0:
                print("Epoch", epoch, "cost", self.cost(Y, self.forward(X)[self.L]))

    def predict(self, X):
        return np.argmax(self.forward(X)[self.L], axis=1)


if __name__ == "__main__":
    df = pd.read_csv("glass.csv").sample(frac=1.0, random_state=3)
    classes = sorted(df["Type"].unique())
    y = np.array([classes.index(t) for t in df["Type"]])
    X = df.drop(columns="Type").to_numpy()
    split = int(0.8 * len(X))
    mu, sigma = X[:split].mean(0), X[:split].std(0)
    X = (X - mu) / sigma
    Y = np.eye(len(classes))[y]
    net = NN([X.shape[1], 24, 12, len(classes)])
    net.fit(X[:split], Y[:split])
    print("Accuracy on the test part:", np.mean(net.predict(X[split:]) == y[split:]))
