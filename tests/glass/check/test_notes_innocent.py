"""What looks like a mistake and is none is not noted."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest
from notes_read import read

from helder.glass.check.notes import notes

INNOCENT = {
    "the training's scaler on both": """
        X_train, X_test, y_train, y_test = train_test_split(X, y)
        X_train = scaler.fit_transform(X_train)
        X_test = scaler.transform(X_test)
        """,
    "the training's mean on both": """
        mean, std = X_train.mean(axis=0), X_train.std(axis=0)
        X_train = (X_train - mean) / std
        X_test = (X_test - mean) / std
        """,
    "the training is divided once more": """
        X_train = scaler.fit_transform(X_train)
        X_train, X_val, y_train, y_val = train_test_split(X_train, y_train)
        """,
    "images by 255, before the split": """
        X = X / 255.0
        X_train, X_test, y_train, y_test = train_test_split(X, y)
        """,
    "images by their largest number": """
        X = X / X.max()
        X_train, X_test = X[:60], X[60:]
        X_test = X_test / np.max(X_test)
        """,
    "each row by itself": """
        X = (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)
        X_train, X_test = X[:60], X[60:]
        """,
    "labels are encoded before the split": """
        y = LabelEncoder().fit_transform(y)
        y = OneHotEncoder().fit_transform(y.reshape(-1, 1))
        X_train, X_test, y_train, y_test = train_test_split(X, y)
        """,
    "labels begin at 0": """
        y = y - y.min()
        y_train, y_test = y[:60], y[60:]
        """,
    "scaled data beside what is divided": """
        shown = (X - X.mean(axis=0)) / X.std(axis=0)
        plot(shown)
        X_train, X_test = X[:60], X[60:]
        """,
    "a name that is taken anew": """
        X = (X - X.mean(axis=0)) / X.std(axis=0)
        X = load("other.csv")
        X_train, X_test = X[:60], X[60:]
        """,
    "only the number of scaled rows is used": """
        Z = (X - X.mean(axis=0)) / X.std(axis=0)
        n = Z.shape[0]
        train_set, test_set = split(n, 0.8)
        """,
    "a score about the mean of the test": """
        ss_tot = np.sum((y_test - y_test.mean()) ** 2)
        r2 = 1 - np.sum((y_test - p) ** 2) / ss_tot
        """,
    "a loss of the test divided by its rows": """
        loss = np.sum((p - y_test) ** 2) / X_test.shape[0]
        """,
    "a test in case there is none": """
        def fit(X_train, y_train, X_test=None):
            if X_test is None:
                X_test = X_train
        """,
    "two files": """
        train = pd.read_csv("train.csv")
        test = pd.read_csv("test.csv")
        """,
    "one file, divided": """
        data = pd.read_csv("data.csv")
        train = data[:80]
        test = data[80:]
        """,
    "two draws that look the same": """
        X_train = np.random.randn(80, 4)
        X_test = np.random.randn(80, 4)
        """,
    "a test that is one": """
        model.fit(X_train, y_train, X_val=X_test, y_val=y_test)
        print("Test accuracy", accuracy(model.predict(X_test), y_test))
        """,
    "training and test in one line": """
        net.train(X_train, y_train)
        a, b = accuracy(net, X_train, y_train), accuracy(net, X_test, y_test)
        print(f"train acc {a}, test acc {b}")
        """,
    "the score of the training": """
        model.fit(X, y)
        print("accuracy:", np.mean(model.predict(X) == y))
        """,
    "what comes out for some rows": """
        net.train(X, y)
        print("Testing the network:", net.predict(X))
        """,
    "a test without labels of the training": """
        model = train(X, y)
        acc = evaluate(model)
        print("Test accuracy", acc)
        """,
    "one permutation": """
        order = np.random.permutation(len(X))
        X, y = X[order], y[order]
        """,
    "one column in another order": """
        order = rng.permutation(len(X))
        X, y = X[order], y[order]
        X_shuffled = X[rng.permutation(len(X))]
        loss = score(X_shuffled, y)
        """,
    "another order in every epoch": """
        for epoch in range(10):
            order = rng.permutation(len(X))
            X_epoch, y_epoch = X[order], y[order]
        order = rng.permutation(len(X))
        x = X[order]
        t = y[order]
        """,
    "some names and the labels": """
        names = names[rng.permutation(5)]
        y = y[rng.permutation(len(y))]
        """,
    "the same seed twice": """
        np.random.seed(1)
        np.random.shuffle(X)
        np.random.seed(1)
        np.random.shuffle(y)
        """,
    "the same state twice": """
        state = np.random.get_state()
        np.random.shuffle(X)
        np.random.set_state(state)
        np.random.shuffle(y)
        """,
    "two generators from one seed": """
        np.random.RandomState(3).shuffle(X)
        np.random.RandomState(3).shuffle(y)
        """,
    "sklearn's shuffle of both": """
        from sklearn.utils import shuffle
        X, y = shuffle(X, y)
        """,
    "sklearn's shuffle with one seed": """
        from sklearn.utils import shuffle
        X = shuffle(X, random_state=0)
        y = shuffle(y, random_state=0)
        """,
    "two parts, each with its labels": """
        np.random.shuffle(train_set)
        np.random.shuffle(test_set)
        """,
    "rows of one part and labels of another": """
        np.random.shuffle(X_train)
        np.random.shuffle(y_test)
        """,
    "one's own shuffle in place": """
        def shuffle(X, y):
            order = np.random.permutation(len(X))
            X[:], y[:] = X[order], y[order]
        shuffle(X, y)
        """,
    "pairs": """
        data = list(zip(X, y))
        random.shuffle(data)
        """,
    "a network for each fold": """
        class Net:
            def fit(self, X, y):
                self.step(X, y)
        for train, test in KFold(5).split(X):
            net = Net()
            net.fit(X[train], y[train])
        """,
    "a network that begins anew in fit": """
        class Net:
            def fit(self, X, y):
                self.W = np.random.randn(X.shape[1], 3)
                self.step(X, y)
        net = Net()
        for fold in folds:
            net.fit(X[fold], y[fold])
        """,
    "a network that is set back": """
        class Net:
            def fit(self, X, y):
                self.step(X, y)
        net = Net()
        for fold in folds:
            net.reset()
            net.fit(X[fold], y[fold])
        """,
    "scikit-learn's begin anew by themselves": """
        from sklearn.neural_network import MLPClassifier
        net = MLPClassifier()
        for fold in folds:
            net.fit(X[fold], y[fold])
        """,
    "new parameters for each fold": """
        def train(X, y, params):
            return params
        params = init_params()
        for fold in folds:
            params = init_params()
            params = train(X[fold], y[fold], params)
        """,
    "a loop over epochs": """
        class Net:
            def fit(self, X, y):
                self.step(X, y)
        net = Net()
        for epoch in range(10):
            net.fit(X, y)
        """,
    "labels made whole": """
        data = np.loadtxt("iris.csv", delimiter=",")
        y = data[:, -1].astype(int)
        Y = np.eye(3)[y]
        """,
    "labels read as whole numbers": """
        y = np.loadtxt("labels.txt", dtype=int)
        Y = np.eye(3)[y]
        """,
    "decimals beside argmax": """
        y = np.loadtxt("labels.txt")
        accuracy = np.mean(np.argmax(p, axis=1) == y)
        """,
    "names of classes in a dict": """
        names = np.loadtxt("labels.txt", dtype=str)
        y = np.array([places[name] for name in names])
        Y = np.eye(3)[y]
        """,
    "other numbers in a gradient": """
        def backward(A, Y):
            m = Y.shape[0]
            return (A - Y) / m / 2
        """,
    "a number of rows that is computed": """
        m = 100
        def backward(X, d):
            m = X.shape[0]
            return X.T @ d / m
        def gradient(X, d, m):
            return X.T @ d / m
        """,
    "grey values and percent": """
        def train(X, y):
            X = (X - 128) / 128
            rate = 1 / 50
            return (X - 127.5) / 255, rate
        """,
    "another number with a name": """
        batch_size = 32
        def update(W, dW):
            return W - dW / batch_size
        """,
    "percent of the test": """
        def accuracy(p, y):
            return (p == y).sum() / 10000
        """,
    "a mark that is hit": """
        X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        W = np.ones((4, 1))
        def train(X):
            rate = 1 / 2
        """,
    "names that NumPy has": "x = np.float64(np.inf) + np.nan + np.prod(x) + np.bool_(1)",
    "a name of something else": """
        import mylib as np
        x = np.product(a)
        """,
    "a name that is put back": """
        if not hasattr(np, "float"):
            np.float = float
        x = np.float(3)
        """,
}


@pytest.mark.parametrize("text", INNOCENT.values(), ids=INNOCENT)
def test_what_looks_like_a_mistake_is_not_noted(text):
    assert notes(read(text)[0]) == []


def test_correct_networks_are_not_noted():
    files = sorted((Path(__file__).parents[3] / "benchmarks" / "check").rglob("*.py"))
    assert len(files) > 50
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found = notes(SimpleNamespace(path=file, tree=tree, python_2=None))
        assert found == [], file
