import numpy as np
import pandas as pd

train = pd.read_csv("sign_mnist_train.csv").to_numpy()
test = pd.read_csv("sign_mnist_test.csv").to_numpy()

X_train, Y_train = train[:, 1:].T / 255, train[:, 0]
X_test, Y_test = test[:, 1:].T / 255, test[:, 0]
num_classes = 25


def init_params(n_in, n_h1, n_h2, n_out):
    params = {}
    params['W1'] = np.random.randn(n_h1, n_in) * np.sqrt(2 / n_in)
    params['b1'] = np.zeros((n_h1, 1))
    params['W2'] = np.random.randn(n_h2, n_h1) * np.sqrt(2 / n_h1)
    params['b2'] = np.zeros((n_h2, 1))
    params['W3'] = np.random.randn(n_out, n_h2) * np.sqrt(2 / n_h2)
    params['b3'] = np.zeros((n_out, 1))
    return params


def leaky_relu(Z, slope=0.1):
    return np.maximum(slope * Z, Z)


def leaky_relu_derivative(Z, slope=0.1):
    dZ = np.ones_like(Z)
    dZ[Z < 0] = slope
    return dZ


def softmax(Z):
    Z = Z - Z.max(axis=0, keepdims=True)
    return np.exp(Z) / np.exp(Z).sum(axis=0, keepdims=True)


def one_hot(Y, k):
    Y_hot = np.zeros((k, Y.size))
    Y_hot[Y, np.arange(Y.size)] = 1
    return Y_hot


def forward_prop(params, X):
    cache = {'A0': X}
    cache['Z1'] = params['W1'] @ X + params['b1']
    cache['A1'] = leaky_relu(cache['Z1'])
    cache['Z2'] = params['W2'] @ cache['A1'] + params['b2']
    cache['A2'] = leaky_relu(cache['Z2'])
    cache['Z3'] = params['W3'] @ cache['A2'] + params['b3']
    cache['A3'] = softmax(cache['Z3'])
    return cache


def compute_loss(A3, Y_hot):
    m = Y_hot.shape[1]
    return -1 / m * np.sum(Y_hot * np.log(A3 + 1e-8))


def back_prop(params, cache, Y_hot):
    m = Y_hot.shape[1]
    grads = {}
    dZ = cache['A3'] - Y_hot
    for layer in (3, 2, 1):
        A_prev = cache[f'A{layer - 1}']
        grads[f'dW{layer}'] = dZ @ A_prev.T / m
        grads[f'db{layer}'] = dZ.sum(axis=1, keepdims=True) / m
        if layer > 1:
            dA = params[f'W{layer}'].T @ dZ
            dZ = dA * leaky_relu_derivative(cache[f'Z{layer - 1}'])
    return grads


def update_params(params, grads, alpha):
    for key in params:
        params[key] = params[key] - alpha * grads['d' + key]
    return params


def predict(params, X):
    return np.argmax(forward_prop(params, X)['A3'], axis=0)


def get_accuracy(params, X, Y):
    return np.mean(predict(params, X) == Y)


def gradient_descent(X, Y, k, alpha=0.05, epochs=20, batch_size=256, hidden=(128, 64)):
    params = init_params(X.shape[0], hidden[0], hidden[1], k)
    m = Y.size
    for epoch in range(epochs):
        shuffled = np.random.permutation(m)
        for i in range(0, m, batch_size):
            part = shuffled[i:i + batch_size]
            Y_hot = one_hot(Y[part], k)
            cache = forward_prop(params, X[:, part])
            grads = back_prop(params, cache, Y_hot)
            params = update_params(params, grads, alpha)
        loss = compute_loss(forward_prop(params, X)['A3'], one_hot(Y, k))
        print(f'epoch {epoch}: loss {loss:.3f}, accuracy {get_accuracy(params, X, Y):.3f}')
    return params


params = gradient_descent(X_train, Y_train, num_classes)
print('test accuracy', get_accuracy(params, X_test, Y_test))
