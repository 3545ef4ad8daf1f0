"""What is read in the code: each mistake in several styles, and its innocent look-alikes."""

from __future__ import annotations

import numpy as np
import pytest
from notes_read import read

from helder.glass.check.causes import CAUSES
from helder.glass.check.notes import RULES, notes
from helder.glass.check.notes.versions import NOW, removed
from helder.glass.check.telling.words import words

MISTAKES = {
    "scaled-before-split": {
        "a scaler, then train_test_split": """
            from sklearn.preprocessing import StandardScaler
            X = StandardScaler().fit_transform(X)  # here
            X_train, X_test, y_train, y_test = train_test_split(X, y)
            """,
        "a scaler with a name": """
            sc = MinMaxScaler()
            data = read()
            X_scaled = sc.fit_transform(data[:, :4])  # here
            X_tr, X_te, y_tr, y_te = train_test_split(X_scaled, y, test_size=0.2)
            """,
        "fit and transform": """
            scaler.fit(X)  # here
            X = scaler.transform(X)
            Xtrain, Xtest, ytrain, ytest = train_test_split(X, y)
            """,
        "mean and std, then slices": """
            X = (X - X.mean(axis=0)) / X.std(axis=0)  # here
            X = np.c_[np.ones(len(X)), X]
            X_train = X[:100]
            X_test = X[100:]
            """,
        "np.mean by a name, in a function": """
            def load():
                X, y = read()
                mu, sd = np.mean(X, axis=0), np.std(X, axis=0)
                X = (X - mu) / sd  # here
                order = np.random.permutation(len(X))
                train_x, test_x = X[order[:80]], X[order[80:]]
                return train_x, test_x
            """,
        "in place": """
            X -= X.mean(0)
            X /= X.std(0)  # here
            train, test = X[:-20], X[-20:]
            """,
        "a function of one's own": """
            def normalize(a):
                low = a.min(axis=0)
                return (a - low) / (a.max(axis=0) - low)
            X = normalize(X)  # here
            x_train, x_val, y_train, y_val = split(X, y, 0.8)
            """,
        "the whole frame": """
            df = (df - df.mean()) / df.std()  # here
            X = df.iloc[:, :-1].values
            X_train, X_test = train_test_split(X)
            """,
    },
    "test-scaled-by-itself": {
        "fit_transform on the test": """
            X_train = scaler.fit_transform(X_train)
            X_test = scaler.fit_transform(X_test)  # here
            """,
        "a second scaler": """
            x_test = StandardScaler().fit(x_test).transform(x_test)  # here
            """,
        "its own mean": """
            X_test = (X_test - X_test.mean(axis=0)) / X_test.std(axis=0)  # here
            """,
        "its own mean by a name": """
            m, s = np.mean(test_X, 0), np.std(test_X, 0)
            test_X = (test_X - m) / s  # here
            """,
        "an attribute": """
            class Data:
                def prepare(self):
                    self.X_val = self.X_val - self.X_val.mean(axis=0)  # here
            """,
        "a function of one's own": """
            def normalize(X):
                return (X - X.mean(axis=0)) / X.std(axis=0)
            X_train = normalize(X_train)
            X_test = normalize(X_test)  # here
            """,
    },
    "test-is-train": {
        "one name": """
            X_train, y_train = X[:80], y[:80]
            X_test = X_train  # here
            """,
        "both are everything": """
            X_train = X
            X_test = X  # here
            """,
        "one file twice": """
            train_data = pd.read_csv("mnist.csv")
            test_data = pd.read_csv("mnist.csv")  # here
            """,
        "validated on what trains": """
            model.fit(X, y, validation_data=(X, y))  # here
            """,
        "a test argument": """
            net.train(X, Y, epochs=10, X_test=X, Y_test=Y)  # here
            """,
        "the same rows twice": """
            train(X_train, y_train, X_train, y_train, 0.1)  # here
            """,
        "the other part of a split": """
            x_fit, x_test, y_fit, y_test = train_test_split(x, y)
            x_test = x_fit  # here
            """,
        "one file twice, as arrays": """
            train = pd.read_csv("mnist.csv").to_numpy()
            test = pd.read_csv("mnist.csv").to_numpy()  # here
            """,
        "printed as a test": """
            model.fit(X, y)
            predictions = model.predict(X)
            print("Test accuracy:", np.mean(predictions == y))  # here
            """,
        "the training labels in the test's line": """
            def main():
                net.train(X_train, y_train)
                test_acc = accuracy(net.predict(X_train), y_train)
                print(f"test acc: {test_acc}")  # here
            """,
    },
    "shuffled-apart": {
        "np.random.shuffle twice": """
            np.random.shuffle(X)
            np.random.shuffle(y)  # here
            """,
        "random.shuffle of lists": """
            import random
            random.shuffle(images)
            random.shuffle(labels)  # here
            """,
        "a generator": """
            rng = np.random.default_rng(0)
            rng.shuffle(X_train)
            rng.shuffle(y_train)  # here
            """,
        "two permutations": """
            X = X[np.random.permutation(len(X))]
            y = y[np.random.permutation(len(y))]  # here
            """,
        "two permutations of columns": """
            X = X[:, np.random.permutation(m)]
            Y = Y[:, np.random.permutation(m)]  # here
            """,
        "permuted themselves, in an epoch": """
            def train(X, Y):
                for epoch in range(10):
                    X = np.random.permutation(X)
                    Y = np.random.permutation(Y)  # here
            """,
        "another order for the labels": """
            order = np.random.permutation(len(y))
            X, y = data.data[order], data.target[np.random.permutation(len(y))] - 1  # here
            """,
        "two orders with names": """
            for epoch in range(10):
                a, b = rng.permutation(m), 3
                X_shuffled = X[:, a]
                c = rng.permutation(m)
                Y_shuffled = Y[:, c]  # here
            """,
        "sklearn's, without a seed": """
            from sklearn.utils import shuffle
            X = shuffle(X)
            y = shuffle(y)  # here
            """,
        "a result that goes nowhere": """
            np.random.permutation(X)  # here
            """,
        "a result of sklearn's that goes nowhere": """
            from sklearn.utils import shuffle
            shuffle(X, y, random_state=0)  # here
            """,
        "a frame that is not kept": """
            df.sample(frac=1)  # here
            """,
        "None is kept": """
            X = np.random.shuffle(X)  # here
            """,
    },
    "one-model-for-all-folds": {
        "an object of one's own class": """
            class Net:
                def __init__(self):
                    self.W = np.random.randn(4, 3)
                def fit(self, X, y):
                    for _ in range(10):
                        self.step(X, y)
            net = Net()
            kf = KFold(5)
            for train, test in kf.split(X):
                net.fit(X[train], y[train])  # here
            """,
        "by the loop's name": """
            class MLP:
                def train(self, X, y):
                    self.W -= self.gradient(X, y)
            def cross_validate(X, y):
                model = MLP(4, 8, 3)
                for fold in range(5):
                    X_train, y_train, X_test, y_test = parts(X, y, fold)
                    model.train(X_train, y_train)  # here
            """,
        "parameters of functions": """
            def train(X, y, params):
                for _ in range(10):
                    params = step(X, y, params)
                return params
            params = init_params()
            for i, fold in enumerate(folds):
                params = train(X[fold], y[fold], params)  # here
            """,
    },
    "labels-as-text": {
        "text as places": """
            data = np.genfromtxt("iris.csv", delimiter=",", dtype=str)
            X, y = data[:, :4].astype(float), data[:, -1]
            Y = np.eye(3)[y]  # here
            """,
        "decimals as places": """
            def load(path):
                data = np.loadtxt(path, delimiter=",")
                labels = data[:, 0]
                Y = np.zeros((len(labels), 10))
                Y[np.arange(len(labels)), labels] = 1  # here
                return Y
            """,
        "text beside argmax": """
            y = np.loadtxt("labels.txt", dtype=str)
            accuracy = np.mean(np.argmax(p, axis=1) == y)  # here
            """,
    },
    "hard-coded-size": {
        "the cats": """
            def backward_prop(A, Y, X):
                dW = 1 / 209 * np.dot(X, (A - Y).T)  # here
                return dW
            """,
        "the digits": """
            def compute_cost(A, Y):
                return -np.sum(Y * np.log(A)) / 60000  # here
            """,
        "a number of rows with a name": """
            m = 41000  # here
            def backward_prop(X, dZ):
                return 1 / m * dZ.dot(X.T)
            """,
        "a number of rows within": """
            def compute_loss(p, y):
                num_samples = 150  # here
                return np.sum((p - y) ** 2) / num_samples
            """,
        "any number of rows": """
            def train_step(X, y, W):
                delta = (X @ W - y) / 120  # here
                return X.T @ delta
            """,
        "the rows of the example": """
            X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
            def gradient(X, d):
                return X.T.dot(d) / 4.0  # here
            """,
        "a column of ones": """
            X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
            def forward_prop(X):
                X = np.hstack([np.ones((4, 1)), X])  # here
                return X
            """,
    },
    "removed-numpy-name": {
        "a type": "x = x.astype(np.float)  # here",
        "another import": """
            import numpy
            y = numpy.asfarray(line.split(","))[1:]  # here
            """,
        "from numpy": "from numpy import product  # here",
        "in a method": """
            class Net:
                def step(self):
                    self.y = np.zeros(3, dtype=np.int)  # here
            """,
        "infinity": "best = np.Inf  # here",
    },
}


@pytest.mark.parametrize(
    ("cause", "text"),
    [(cause, text) for cause, texts in MISTAKES.items() for text in texts.values()],
    ids=[f"{cause}: {name}" for cause, texts in MISTAKES.items() for name in texts],
)
def test_a_mistake_is_noted_where_it_stands(cause, text):
    source, text = read(text)
    (place,) = [n for n, line in enumerate(text.split("\n"), 1) if line.endswith("# here")]
    found = {(note.cause, note.line) for note in notes(source)}
    assert found == {(cause, place)}


def test_python_2_is_noted_in_its_first_line():
    (note,) = notes(read("x = 1", python_2=7)[0])
    assert (note.cause, note.line, note.file) == ("python-2", 7, "mine.py")


def test_notes_stand_in_the_order_of_their_lines_with_what_was_read():
    text = "a = np.Inf\nX_test = X_train\nnp.random.shuffle(X)\nnp.random.shuffle(y)"
    found = notes(read(text)[0])
    assert [(note.line, note.cause) for note in found] == [
        (1, "removed-numpy-name"),
        (2, "test-is-train"),
        (4, "shuffled-apart"),
    ]
    assert found[0].evidence == f"np.Inf is not in NumPy {np.__version__}; np.inf does the same."
    assert "`X`" in found[2].evidence
    assert "line 3" in found[2].evidence


def test_every_note_has_its_question():
    assert all(words(cause).question for cause in [*RULES, "python-2"])
    assert set(MISTAKES) == set(RULES) <= set(CAUSES)


@pytest.mark.parametrize("name", sorted(NOW))
def test_a_name_is_noted_just_where_this_numpy_lacks_it(name):
    found = notes(read(f"x = np.{name}")[0])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("warnings.showwarning", lambda *how: None)
        there = name in dir(np)
    assert bool(found) != there
    assert (name in removed()) != there


def test_a_formula_too_deep_to_be_read_stops_no_other_note():
    text = "def f(x):\n    x = " + "x + " * 450 + "x\nX_test = X_train\n"
    assert [note.line for note in notes(read(text)[0])] == [3]
