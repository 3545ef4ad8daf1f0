import numpy as np
from sklearn.datasets import make_moons
import matplotlib.pyplot as plt

np.random.seed(0)
X, y = make_moons(300, noise=0.2)
X_test, y_test = make_moons(100, noise=0.2)

num_examples = len(X)      # size of the training set
nn_input_dim = 2           # two coordinates
nn_output_dim = 2          # two classes

epsilon = 0.01             # learning rate
reg_lambda = 0.01          # strength of the regularisation


def calculate_loss(model, X, y):
    """Mean cross-entropy plus penalty."""
    probs = predict_proba(model, X)
    correct_logprobs = -np.log(probs[range(len(X)), y])
    data_loss = np.sum(correct_logprobs)
    data_loss += reg_lambda / 2 * (np.sum(np.square(model['W1'])) + np.sum(np.square(model['W2'])))
    return 1. / len(X) * data_loss


def predict_proba(model, x):
    W1, b1, W2, b2 = model['W1'], model['b1'], model['W2'], model['b2']
    a1 = np.tanh(x.dot(W1) + b1)
    exp_scores = np.exp(a1.dot(W2) + b2)
    return exp_scores / np.sum(exp_scores, axis=1, keepdims=True)


def predict(model, x):
    return np.argmax(predict_proba(model, x), axis=1)


def gradient_step(model, X, y, lr):
    """One step of batch gradient descent (gradients summed over the samples)."""
    W1, b1, W2, b2 = model['W1'], model['b1'], model['W2'], model['b2']

    # Forward
    z1 = X.dot(W1) + b1
    a1 = np.tanh(z1)
    z2 = a1.dot(W2) + b2
    exp_scores = np.exp(z2)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)

    # Backward
    delta3 = probs
    delta3[range(len(X)), y] -= 1
    dW2 = (a1.T).dot(delta3)
    db2 = np.sum(delta3, axis=0, keepdims=True)
    delta2 = delta3.dot(W2.T) * (1 - np.power(a1, 2))
    dW1 = np.dot(X.T, delta2)
    db1 = np.sum(delta2, axis=0)

    # only the weights are regularised
    dW2 += reg_lambda * W2
    dW1 += reg_lambda * W1

    W1 += -lr * dW1
    b1 += -lr * db1
    W2 += -lr * dW2
    b2 += -lr * db2
    return {'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2}


def build_model(nn_hdim, num_passes=5000, print_loss=False):
    np.random.seed(0)
    model = {
        'W1': np.random.randn(nn_input_dim, nn_hdim) / np.sqrt(nn_input_dim),
        'b1': np.zeros((1, nn_hdim)),
        'W2': np.random.randn(nn_hdim, nn_output_dim) / np.sqrt(nn_hdim),
        'b2': np.zeros((1, nn_output_dim)),
    }
    for i in range(num_passes):
        model = gradient_step(model, X, y, epsilon)
        if print_loss and i % 1000 == 0:
            print("Loss after iteration %i: %f" % (i, calculate_loss(model, X, y)))
    return model


def plot_decision_boundary(model):
    xx, yy = np.meshgrid(np.arange(-1.5, 2.5, 0.02), np.arange(-1.0, 1.5, 0.02))
    Z = predict(model, np.c_[xx.ravel(), yy.ravel()]).reshape(xx.shape)
    plt.contourf(xx, yy, Z, cmap=plt.cm.Spectral)
    plt.scatter(X[:, 0], X[:, 1], c=y, cmap=plt.cm.Spectral)


for nn_hdim in [1, 2, 3, 5]:
    model = build_model(nn_hdim)
    print("hidden units:", nn_hdim, "accuracy:", np.mean(predict(model, X_test) == y_test))
model = build_model(3, print_loss=True)
plot_decision_boundary(model)
plt.show()
