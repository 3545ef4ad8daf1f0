"""Exercise 4 in Python: neural network learning with unrolled parameters."""
import numpy as np
from scipy.io import loadmat
from scipy.optimize import minimize


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoidGradient(z):
    g = sigmoid(z)
    return g * (1 - g)


def randInitializeWeights(L_in, L_out):
    epsilon_init = np.sqrt(6) / np.sqrt(L_in + L_out)
    return np.random.rand(L_out, 1 + L_in) * 2 * epsilon_init - epsilon_init


def addBias(A):
    return np.hstack([np.ones((A.shape[0], 1)), A])


def reshapeParams(nn_params, input_layer_size, hidden_layer_size, num_labels):
    cut = hidden_layer_size * (input_layer_size + 1)
    Theta1 = nn_params[:cut].reshape(hidden_layer_size, input_layer_size + 1)
    Theta2 = nn_params[cut:].reshape(num_labels, hidden_layer_size + 1)
    return Theta1, Theta2


def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    """Cost J and unrolled gradient. The labels y run from 1 to num_labels."""
    Theta1, Theta2 = reshapeParams(nn_params, input_layer_size, hidden_layer_size, num_labels)
    m = X.shape[0]

    # feedforward, the column of ones carries the bias
    a1 = addBias(X)
    z2 = a1.dot(Theta1.T)
    a2 = addBias(sigmoid(z2))
    h = sigmoid(a2.dot(Theta2.T))

    Y = np.zeros((m, num_labels))
    Y[np.arange(m), y.ravel() - 1] = 1

    J = np.sum(-Y * np.log(h) - (1 - Y) * np.log(1 - h)) / m
    # the bias columns are not regularised
    J += lambda_ / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))

    delta3 = h - Y
    delta2 = delta3.dot(Theta2[:, 1:]) * sigmoidGradient(z2)
    Theta1_grad = delta2.T.dot(a1) / m
    Theta2_grad = delta3.T.dot(a2) / m
    Theta1_grad[:, 1:] += lambda_ / m * Theta1[:, 1:]
    Theta2_grad[:, 1:] += lambda_ / m * Theta2[:, 1:]

    grad = np.concatenate([Theta1_grad.ravel(), Theta2_grad.ravel()])
    return J, grad


def predict(Theta1, Theta2, X):
    h1 = sigmoid(addBias(X).dot(Theta1.T))
    h2 = sigmoid(addBias(h1).dot(Theta2.T))
    return np.argmax(h2, axis=1) + 1


if __name__ == "__main__":
    data = loadmat("ex4data1.mat")
    X, y = data["X"], data["y"].ravel().astype(int)
    order = np.random.permutation(len(y))
    train, test = order[:4000], order[4000:]

    input_layer_size, hidden_layer_size, num_labels, lambda_ = 400, 25, 10, 1
    initial_params = np.concatenate([
        randInitializeWeights(input_layer_size, hidden_layer_size).ravel(),
        randInitializeWeights(hidden_layer_size, num_labels).ravel(),
    ])
    result = minimize(
        nnCostFunction, initial_params, jac=True, method="TNC", options={"maxfun": 100},
        args=(input_layer_size, hidden_layer_size, num_labels, X[train], y[train], lambda_),
    )
    Theta1, Theta2 = reshapeParams(result.x, input_layer_size, hidden_layer_size, num_labels)
    print("Cost:", result.fun)
    print("Test Set Accuracy:", np.mean(predict(Theta1, Theta2, X[test]) == y[test]) * 100)
