import numpy as np
from keras.datasets import mnist
from keras.utils import to_categorical


class Layer:
    def __init__(self):
        self.input = None
        self.output = None

    def forward(self, input):
        raise NotImplementedError

    def backward(self, output_gradient, learning_rate):
        raise NotImplementedError


class FullyConnected(Layer):
    def __init__(self, input_size, output_size):
        self.weights = np.random.rand(input_size, output_size) - 0.5
        self.bias = np.random.rand(1, output_size) - 0.5

    def forward(self, input):
        self.input = input
        self.output = np.dot(self.input, self.weights) + self.bias
        return self.output

    def backward(self, output_gradient, learning_rate):
        input_gradient = np.dot(output_gradient, self.weights.T)
        weights_gradient = np.dot(self.input.T, output_gradient)
        self.weights -= learning_rate * weights_gradient
        self.bias -= learning_rate * output_gradient
        return input_gradient


class ActivationLayer(Layer):
    def __init__(self, activation, activation_prime):
        self.activation = activation
        self.activation_prime = activation_prime

    def forward(self, input):
        self.input = input
        self.output = self.activation(self.input)
        return self.output

    def backward(self, output_gradient, learning_rate):
        return self.activation_prime(self.input) * output_gradient


def tanh(x):
    return np.tanh(x)


def tanh_prime(x):
    return 1 - np.tanh(x) ** 2


def mse(y_true, y_pred):
    return np.mean(np.power(y_true - y_pred, 2))


def mse_prime(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_true.size


class Network:
    def __init__(self):
        self.layers = []
        self.loss = None
        self.loss_prime = None

    def add(self, layer):
        self.layers.append(layer)

    def use(self, loss, loss_prime):
        self.loss = loss
        self.loss_prime = loss_prime

    def predict(self, input_data):
        result = []
        for sample in input_data:
            output = sample
            for layer in self.layers:
                output = layer.forward(output)
            result.append(output)
        return result

    def fit(self, x_train, y_train, epochs, learning_rate):
        samples = len(x_train)
        for i in range(epochs):
            err = 0
            for j in range(samples):
                # one sample, shape (1, n)
                output = x_train[j]
                for layer in self.layers:
                    output = layer.forward(output)
                err += self.loss(y_train[j], output)
                gradient = self.loss_prime(y_train[j], output)
                for layer in reversed(self.layers):
                    gradient = layer.backward(gradient, learning_rate)
            print('epoch %d/%d   error=%f' % (i + 1, epochs, err / samples))


if __name__ == '__main__':
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    x_train = x_train.reshape(len(x_train), 1, 28 * 28) / 255
    x_test = x_test.reshape(len(x_test), 1, 28 * 28) / 255
    y_train = to_categorical(y_train, 10)[:, None, :]

    net = Network()
    net.add(FullyConnected(28 * 28, 80))
    net.add(ActivationLayer(tanh, tanh_prime))
    net.add(FullyConnected(80, 40))
    net.add(ActivationLayer(tanh, tanh_prime))
    net.add(FullyConnected(40, 10))
    net.add(ActivationLayer(tanh, tanh_prime))
    net.use(mse, mse_prime)
    net.fit(x_train[:2000], y_train[:2000], epochs=30, learning_rate=0.1)

    right = sum(np.argmax(p) == t for p, t in zip(net.predict(x_test), y_test))
    print('accuracy:', right / len(y_test))
