import numpy as np
import pandas as pd


class Layer_Dense:
    def __init__(self, n_inputs, n_neurons):
        self.weights = 0.1 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)


class Activation_ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs[self.inputs <= 0] = 0


class Activation_Softmax:
    def forward(self, inputs):
        exp_values = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)

    def backward(self, dvalues):
        # every sample has its own matrix of partial derivatives
        self.dinputs = np.empty_like(dvalues)
        for i in range(len(dvalues)):
            p = self.output[i].reshape(-1, 1)
            jacobian = np.diagflat(p) - np.dot(p, p.T)
            self.dinputs[i] = np.dot(jacobian, dvalues[i])


class Loss_CategoricalCrossentropy:
    def forward(self, y_pred, y_true):
        y_pred = np.clip(y_pred, 1e-7, 1 - 1e-7)
        if y_true.ndim == 1:
            confidences = y_pred[range(len(y_pred)), y_true]
        else:
            confidences = np.sum(y_pred * y_true, axis=1)
        return -np.log(confidences)

    def calculate(self, output, y):
        return np.mean(self.forward(output, y))

    def backward(self, y_pred, y_true):
        if y_true.ndim == 1:
            y_true = np.eye(y_pred.shape[1])[y_true]
        self.dinputs = -y_true / y_pred / len(y_pred)


class Optimizer_SGD:
    def __init__(self, learning_rate=1.0, decay=0.0):
        self.learning_rate = learning_rate
        self.decay = decay
        self.iterations = 0

    def update_params(self, layer):
        rate = self.learning_rate / (1.0 + self.decay * self.iterations)
        layer.weights -= rate * layer.dweights
        layer.biases -= rate * layer.dbiases

    def post_update_params(self):
        self.iterations += 1


def calculate_accuracy(predictions, y):
    return np.mean(np.argmax(predictions, axis=1) == y)


if __name__ == "__main__":
    table = pd.read_csv("gestures.csv").sample(frac=1, random_state=2)
    y = table["gesture"].to_numpy()
    X = table.drop(columns="gesture").to_numpy()
    n_train = int(0.8 * len(y))
    X_train, y_train, X_test, y_test = X[:n_train], y[:n_train], X[n_train:], y[n_train:]

    dense1 = Layer_Dense(X.shape[1], 64)
    activation1 = Activation_ReLU()
    dense2 = Layer_Dense(64, y.max() + 1)
    activation2 = Activation_Softmax()
    loss_function = Loss_CategoricalCrossentropy()
    optimizer = Optimizer_SGD(learning_rate=0.5, decay=1e-3)

    def run(data):
        dense1.forward(data)
        activation1.forward(dense1.output)
        dense2.forward(activation1.output)
        activation2.forward(dense2.output)
        return activation2.output

    for epoch in range(2001):
        output = run(X_train)
        if epoch % 100 == 0:
            print(f"epoch: {epoch}, acc: {calculate_accuracy(output, y_train):.3f}, "
                  f"loss: {loss_function.calculate(output, y_train):.3f}")

        loss_function.backward(output, y_train)
        activation2.backward(loss_function.dinputs)
        dense2.backward(activation2.dinputs)
        activation1.backward(dense2.dinputs)
        dense1.backward(activation1.dinputs)

        optimizer.update_params(dense1)
        optimizer.update_params(dense2)
        optimizer.post_update_params()

    print("test accuracy:", calculate_accuracy(run(X_test), y_test))
