"""Deep network for cat pictures, features in rows and examples in columns."""
import h5py
import numpy as np
import matplotlib.pyplot as plt


class DeepNN:
    def __init__(self, layer_dims, learning_rate=0.0075):
        self.layer_dims = layer_dims
        self.L = len(layer_dims) - 1
        self.learning_rate = learning_rate
        self.parameters = {}
        self.grads = {}
        self.cache = {}
        self.initialize_parameters()

    def initialize_parameters(self):
        np.random.seed(3)
        for l in range(1, self.L + 1):
            self.parameters["W" + str(l)] = (
                np.random.randn(self.layer_dims[l], self.layer_dims[l - 1]) / np.sqrt(self.layer_dims[l - 1])
            )
            self.parameters["b" + str(l)] = np.zeros((self.layer_dims[l], 1))

    def sigmoid(self, Z):
        return 1 / (1 + np.exp(-Z))

    def relu(self, Z):
        return np.maximum(0, Z)

    def relu_backward(self, dA, Z):
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
        return dZ

    def sigmoid_backward(self, dA, Z):
        s = self.sigmoid(Z)
        return dA * s * (1 - s)

    def forward_propagation(self, X):
        self.cache["A0"] = X
        A = X
        for l in range(1, self.L + 1):
            Z = np.dot(self.parameters["W" + str(l)], A) + self.parameters["b" + str(l)]
            A = self.sigmoid(Z) if l == self.L else self.relu(Z)
            self.cache["Z" + str(l)] = Z
            self.cache["A" + str(l)] = A
        return A

    def compute_cost(self, AL, Y):
        m = Y.shape[1]
        cost = -1 / m * np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))
        return np.squeeze(cost)

    def backward_propagation(self, Y):
        m = Y.shape[1]
        AL = self.cache["A" + str(self.L)]
        dA = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
        for l in reversed(range(1, self.L + 1)):
            Z = self.cache["Z" + str(l)]
            dZ = self.sigmoid_backward(dA, Z) if l == self.L else self.relu_backward(dA, Z)
            self.grads["dW" + str(l)] = 1 / m * np.dot(dZ, self.cache["A" + str(l - 1)].T)
            self.grads["db" + str(l)] = 1 / m * np.sum(dZ, axis=1, keepdims=True)
            dA = np.dot(self.parameters["W" + str(l)].T, dZ)

    def update_parameters(self):
        for l in range(1, self.L + 1):
            self.parameters["W" + str(l)] -= self.learning_rate * self.grads["dW" + str(l)]
            self.parameters["b" + str(l)] -= self.learning_rate * self.grads["db" + str(l)]

    def train(self, X, Y, num_iterations=2500, print_cost=True):
        costs = []
        for i in range(num_iterations):
            AL = self.forward_propagation(X)
            cost = self.compute_cost(AL, Y)
            self.backward_propagation(Y)
            self.update_parameters()
            if i % 100 == 0:
                costs.append(cost)
                if print_cost:
                    print("Cost after iteration {}: {}".format(i, cost))
        return costs

    def predict(self, X):
        return (self.forward_propagation(X) > 0.5).astype(int)


if __name__ == "__main__":
    with h5py.File("datasets/train_pets.h5", "r") as f:
        train_x, train_y = np.array(f["x"]), np.array(f["y"]).reshape(1, -1)
    with h5py.File("datasets/test_pets.h5", "r") as f:
        test_x, test_y = np.array(f["x"]), np.array(f["y"]).reshape(1, -1)

    # flatten, one picture per column
    train_x = train_x.reshape(train_x.shape[0], -1).T / 255.0
    test_x = test_x.reshape(test_x.shape[0], -1).T / 255.0

    model = DeepNN([train_x.shape[0], 20, 7, 5, 1])
    costs = model.train(train_x, train_y)
    print("train accuracy:", np.mean(model.predict(train_x) == train_y))
    print("test accuracy:", np.mean(model.predict(test_x) == test_y))
    plt.plot(costs)
    plt.ylabel("cost")
    plt.xlabel("iterations (hundreds)")
    plt.show()
