import numpy as np
import pandas as pd


def initialize_parameters(layer_dims, seed=1):
    rng = np.random.RandomState(seed)
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters[f"W{l}"] = rng.randn(layer_dims[l], layer_dims[l - 1]) * np.sqrt(2.0 / layer_dims[l - 1])
        parameters[f"b{l}"] = np.zeros((layer_dims[l], 1))
    return parameters


def softmax(Z):
    E = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return E / np.sum(E, axis=0, keepdims=True)


def forward_propagation(X, parameters, hidden="relu"):
    """X: (n_x, m). Returns AL: (n_y, m) and a dict with every Z and A."""
    L = len(parameters) // 2
    cache = {"A0": X}
    for l in range(1, L + 1):
        Z = parameters[f"W{l}"] @ cache[f"A{l - 1}"] + parameters[f"b{l}"]
        cache[f"Z{l}"] = Z
        if l == L:
            cache[f"A{l}"] = softmax(Z)
        elif hidden == "relu":
            cache[f"A{l}"] = np.maximum(0, Z)
        elif hidden == "tanh":
            cache[f"A{l}"] = np.tanh(Z)
        else:
            raise ValueError("unknown hidden activation: " + hidden)
    return cache[f"A{L}"], cache


def compute_cost(AL, Y, parameters, lambd=0.0):
    m = Y.shape[1]
    cross_entropy = -np.sum(Y * np.log(AL + 1e-15)) / m
    l2 = sum(np.sum(np.square(p)) for name, p in parameters.items() if name[0] == "W")
    return cross_entropy + lambd / (2 * m) * l2


def backward_propagation(Y, parameters, cache, hidden="relu", lambd=0.0):
    m = Y.shape[1]
    L = len(parameters) // 2
    grads = {f"dZ{L}": cache[f"A{L}"] - Y}
    for l in range(L, 0, -1):
        dZ = grads[f"dZ{l}"]
        W = parameters[f"W{l}"]
        grads[f"dW{l}"] = dZ @ cache[f"A{l - 1}"].T / m + lambd / m * W
        grads[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dA = W.T @ dZ
            if hidden == "relu":
                grads[f"dZ{l - 1}"] = dA * (cache[f"Z{l - 1}"] > 0)
            else:
                grads[f"dZ{l - 1}"] = dA * (1 - np.power(cache[f"A{l - 1}"], 2))
    return grads


def update_parameters(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] = parameters[name] - learning_rate * grads["d" + name]
    return parameters


def model(X, Y, layer_dims, learning_rate=0.3, num_iterations=1500, hidden="relu", lambd=0.0, print_cost=True):
    parameters = initialize_parameters(layer_dims)
    costs = []
    for i in range(num_iterations):
        AL, cache = forward_propagation(X, parameters, hidden)
        cost = compute_cost(AL, Y, parameters, lambd)
        grads = backward_propagation(Y, parameters, cache, hidden, lambd)
        parameters = update_parameters(parameters, grads, learning_rate)
        if i % 100 == 0:
            costs.append(cost)
            if print_cost:
                print("Cost after iteration %i: %f" % (i, cost))
    return parameters, costs


def predict(X, parameters, hidden="relu"):
    AL, _ = forward_propagation(X, parameters, hidden)
    return np.argmax(AL, axis=0)


def to_one_hot(labels, n_classes):
    return np.eye(n_classes)[labels].T


# the CSV has a header, numeric columns and the class name in "label"
df = pd.read_csv("glass.csv").sample(frac=1, random_state=3).reset_index(drop=True)
labels, class_names = pd.factorize(df["label"], sort=True)
features = df.drop(columns="label").values.astype(float).T

n_train = int(df.shape[0] * 0.8)
mu = features[:, :n_train].mean(axis=1, keepdims=True)
sigma = features[:, :n_train].std(axis=1, keepdims=True) + 1e-8
features = (features - mu) / sigma

train_X, test_X = features[:, :n_train], features[:, n_train:]
train_Y = to_one_hot(labels[:n_train], len(class_names))

for hidden in ("relu", "tanh"):
    parameters, costs = model(
        train_X, train_Y, [train_X.shape[0], 20, 10, len(class_names)], hidden=hidden, lambd=0.5
    )
    train_acc = np.mean(predict(train_X, parameters, hidden) == labels[:n_train])
    test_acc = np.mean(predict(test_X, parameters, hidden) == labels[n_train:])
    print(f"{hidden}: train accuracy {train_acc:.3f}, test accuracy {test_acc:.3f}")
