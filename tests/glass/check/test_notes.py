"""What is read in the code: each mistake in several styles, and its innocent look-alikes."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from helder.glass.check.causes import CAUSES
from helder.glass.check.notes import RULES, notes
from helder.glass.check.notes.versions import NOW, removed
from helder.glass.check.words import words

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


def read(text, python_2=None):
    text = textwrap.dedent(text)
    if "import" not in text or " np" not in text:
        text = text.rstrip("\n") + "\nimport numpy as np\n"
    return SimpleNamespace(path=Path("mine.py"), tree=ast.parse(text), python_2=python_2), text


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


@pytest.mark.parametrize("text", INNOCENT.values(), ids=INNOCENT)
def test_what_looks_like_a_mistake_is_not_noted(text):
    assert notes(read(text)[0]) == []


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


def test_correct_networks_are_not_noted():
    files = sorted((Path(__file__).parents[3] / "benchmarks" / "check").rglob("*.py"))
    assert len(files) > 50
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found = notes(SimpleNamespace(path=file, tree=tree, python_2=None))
        assert found == [], file
