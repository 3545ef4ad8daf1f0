import numpy as np
import matplotlib.pyplot as plt


def relu(z):
    return np.maximum(0, z)


def relu_derivative(z):
    return (z > 0).astype(float)


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def one_hot(y, num_classes):
    out = np.zeros((len(y), num_classes))
    out[np.arange(len(y)), y] = 1
    return out


def cross_entropy(y_pred, y_true):
    return -np.mean(np.sum(y_true * np.log(y_pred + 1e-12), axis=1))


class DeepNet:
    def __init__(self, layer_sizes, lr=0.05):
        self.layer_sizes = layer_sizes
        self.lr = lr
        self.weights = []
        self.biases = []
        for n_in, n_out in zip(layer_sizes[:-1], layer_sizes[1:]):
            # He initialisation
            self.weights.append(np.random.randn(n_in, n_out) * np.sqrt(2.0 / n_in))
            self.biases.append(np.zeros((1, n_out)))

    def forward(self, X):
        self.zs = []
        self.activations = [X]
        a = X
        last = len(self.weights) - 1
        for i, (w, b) in enumerate(zip(self.weights, self.biases)):
            z = a @ w + b
            a = softmax(z) if i == last else relu(z)
            self.zs.append(z)
            self.activations.append(a)
        return a

    def backward(self, y_true):
        m = y_true.shape[0]
        dw = [None] * len(self.weights)
        db = [None] * len(self.biases)
        delta = self.activations[-1] - y_true
        for i in reversed(range(len(self.weights))):
            dw[i] = self.activations[i].T @ delta / m
            db[i] = np.sum(delta, axis=0, keepdims=True) / m
            if i > 0:
                delta = (delta @ self.weights[i].T) * relu_derivative(self.zs[i - 1])
        return dw, db

    def update(self, dw, db):
        for i in range(len(self.weights)):
            self.weights[i] -= self.lr * dw[i]
            self.biases[i] -= self.lr * db[i]

    def fit(self, X, y, epochs=50, batch_size=32):
        Y = one_hot(y, self.layer_sizes[-1])
        losses = []
        for epoch in range(epochs):
            perm = np.random.permutation(len(X))
            X_shuffled, Y_shuffled = X[perm], Y[perm]
            for i in range(0, len(X), batch_size):
                self.forward(X_shuffled[i:i + batch_size])
                dw, db = self.backward(Y_shuffled[i:i + batch_size])
                self.update(dw, db)
            losses.append(cross_entropy(self.forward(X), Y))
            print(f"Epoch {epoch + 1}/{epochs} - loss: {losses[-1]:.4f} - acc: {self.accuracy(X, y):.4f}")
        return losses

    def predict(self, X):
        return np.argmax(self.forward(X), axis=1)

    def accuracy(self, X, y):
        return np.mean(self.predict(X) == y)


if __name__ == "__main__":
    train = np.load("fashion_train.npz")
    test = np.load("fashion_test.npz")
    X_train = train["images"].reshape(-1, 784) / 255.0
    X_test = test["images"].reshape(-1, 784) / 255.0

    net = DeepNet([784, 128, 64, 10], lr=0.1)
    history = net.fit(X_train, train["labels"], epochs=15, batch_size=64)
    print("Test accuracy:", net.accuracy(X_test, test["labels"]))
    plt.plot(history)
    plt.title("Training loss")
    plt.show()
