"""The examples do what they say: right gradients, and tables whose best accuracy is known."""

from __future__ import annotations

import ast
import csv
import importlib.util
import math
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

EXAMPLES = Path(__file__).parents[2] / "examples"
TABLES = ("sleep.csv", "sleep_noise.csv")


def load(name: str) -> ModuleType:
    """Import an example by its path: the folder is no package."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


plain = load("plain_mlp")
sleep = load("make_sleep")


# plain_mlp.py


def test_plain_mlp_is_short_and_imports_only_pythons_own() -> None:
    text = (EXAMPLES / "plain_mlp.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 70
    imported = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert imported <= {"itertools", "math", "random"}


def loss(weights: list, biases: list, x: list[float], y: list[float]) -> float:
    return plain.cross_entropy(plain.forward(weights, biases, x)[1][-1], y)


def slope(holder: list[float], k: int, call: object, h: float = 1e-6) -> float:
    """The central difference of `call()` along one number, which is put back afterwards."""
    kept = holder[k]
    holder[k] = kept + h
    above = call()
    holder[k] = kept - h
    below = call()
    holder[k] = kept
    return (above - below) / (2 * h)


@pytest.mark.parametrize("sizes", [[4, 3], [6, 3, 2, 3], [2, 5, 4, 3, 2]], ids=str)
def test_plain_gradients_are_those_of_central_differences(sizes: list[int]) -> None:
    random.seed(3)
    weights, biases = plain.make_network(sizes)
    biases = [[random.uniform(0.1, 1) for _ in b] for b in biases]  # few units are dead
    alive = [0] * len(weights)
    for n in range(20):
        x = [random.gauss(0, 1) for _ in range(sizes[0])]
        y = [float(k == n % sizes[-1]) for k in range(sizes[-1])]
        activations, zs = plain.forward(weights, biases, x)
        assert all(abs(z_j) > 1e-4 for z in zs for z_j in z), "too near relu's kink to compare"
        dWs, dbs = plain.backpropagation(weights, activations, zs, y)
        for layer, (W, b, dW, db) in enumerate(zip(weights, biases, dWs, dbs, strict=True)):
            for j in range(len(b)):
                found = slope(b, j, lambda x=x, y=y: loss(weights, biases, x, y))
                assert db[j] == pytest.approx(found, rel=1e-5, abs=1e-8)
                for i in range(len(W)):
                    found = slope(W[i], j, lambda x=x, y=y: loss(weights, biases, x, y))
                    assert dW[i][j] == pytest.approx(found, rel=1e-5, abs=1e-8)
                    alive[layer] += dW[i][j] != 0
    assert min(alive) > 5  # a dead network would agree with anything


def test_plain_forward_gives_pre_activations_activations_and_probabilities() -> None:
    weights = [[[1.0, -1.0], [2.0, 0.5]], [[1.0, 0.0, -1.0], [0.5, 1.0, 0.0]]]
    biases = [[0.5, 0.0], [0.0, 0.1, 0.2]]
    activations, zs = plain.forward(weights, biases, [1.0, -2.0])
    assert zs[0] == [1 - 4 + 0.5, -1 - 1]
    assert activations[:2] == [[1.0, -2.0], [0.0, 0.0]]
    assert zs[1] == [0.0, 0.1, 0.2]
    assert sum(activations[2]) == pytest.approx(1)
    assert activations[2][2] == pytest.approx(math.exp(0.2) / (1 + math.exp(0.1) + math.exp(0.2)))


def test_plain_softmax_and_loss_are_stable() -> None:
    assert plain.softmax([1000.0, 0.0, -1000.0]) == [1.0, 0.0, 0.0]
    assert plain.cross_entropy([1000.0, 0.0, -1000.0], [0.0, 0.0, 1.0]) == 2000.0


def test_plain_training_records_the_loss_before_each_step() -> None:
    random.seed(0)
    weights, biases = plain.make_network([3, 4, 2])
    X = [[random.gauss(0, 1) for _ in range(3)] for _ in range(12)]
    Y = [[float(x[0] > 0), float(x[0] <= 0)] for x in X]
    before = sum(loss(weights, biases, x, y) for x, y in zip(X, Y, strict=True)) / len(X)
    losses = plain.train(weights, biases, X, Y, learning_rate=0.1, epochs=3)
    after = sum(loss(weights, biases, x, y) for x, y in zip(X, Y, strict=True)) / len(X)
    assert len(losses) == 3
    assert losses[0] == pytest.approx(before)
    assert losses[0] > losses[1] > losses[2] > after


def test_plain_mlp_runs_and_learns() -> None:
    command = [sys.executable, str(EXAMPLES / "plain_mlp.py")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    losses = [float(line.split()[-1]) for line in printed.splitlines() if "loss" in line]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] / 5
    assert float(printed.split()[-1].rstrip("%")) > 95


# make_sleep.py


def read(name: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Read a committed table back as columns and class numbers."""
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = {}
    for column in rows[0]:
        cells = [row[column] for row in rows]
        text = column in {"Gender", "Bedtime", "Sleep_Quality"}
        table[column] = np.array(cells if text else [float(c) if c else np.nan for c in cells])
    labels = np.array([sleep.CLASSES.index(label) for label in table.pop("Sleep_Quality")])
    return table, labels


def linear_accuracy(table: dict[str, np.ndarray], labels: np.ndarray) -> float:
    """Give the accuracy of a linear model on rows that it has not seen."""
    columns = list(table)
    texts = [k for k, name in enumerate(columns) if table[name].dtype.kind == "U"]
    numbers = [k for k in range(len(columns)) if k not in texts]
    X = np.array([table[name].astype(object) for name in columns]).T  # (N, n_columns)
    inputs = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers), (OneHotEncoder(), texts)
    )
    model = make_pipeline(inputs, LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return float(cross_val_score(model, X, labels, cv=folds).mean())


def test_make_sleep_reproduces_the_committed_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sleep.main(tmp_path)
    for name in TABLES:
        assert (tmp_path / name).read_bytes() == (EXAMPLES / name).read_bytes()
    stated = sleep.best_accuracy(sleep.probabilities(read("sleep.csv")[0]))
    assert f"best achievable accuracy: {stated:.2%}" in capsys.readouterr().out


def test_the_stated_rule_is_the_one_that_made_the_labels() -> None:
    table, labels = read("sleep.csv")
    p = sleep.probabilities(table)  # (N, 3): from the values as recorded
    np.testing.assert_allclose(p.sum(axis=1), 1)
    likeliest = p.max(axis=1)
    error = math.sqrt((likeliest * (1 - likeliest)).sum()) / len(labels)
    realised = (p.argmax(axis=1) == labels).mean()
    assert abs(realised - sleep.best_accuracy(p)) < 3 * error
    for k in range(len(sleep.CLASSES)):  # and each class is met as often as foretold
        error = math.sqrt((p[:, k] * (1 - p[:, k])).sum())
        assert abs((labels == k).sum() - p[:, k].sum()) < 3 * error


def test_one_row_by_hand() -> None:
    table = {
        "Sleep_Duration": np.array([5.5]),
        "Screen_Time": np.array([3.0]),
        "Caffeine_Intake": np.array([4.0]),
        "Physical_Activity": np.array([np.nan]),
        "Bedtime": np.array(["after midnight"]),
    }
    score = -0.35 * 4 + 0.6 - 0.5 * 2
    assert sleep.score(table)[0] == pytest.approx(score)
    bad = 1 / (1 + math.exp((score + 1.6) / 0.2))
    good = 1 - 1 / (1 + math.exp((score + 0.2) / 0.2))
    np.testing.assert_allclose(sleep.probabilities(table), [[bad, 1 - bad - good, good]])


def test_the_best_accuracy_leaves_room_above_a_linear_model() -> None:
    table, labels = read("sleep.csv")
    assert len(labels) == 2000
    best = sleep.best_accuracy(sleep.probabilities(table))
    assert 0.80 <= best <= 0.88
    assert linear_accuracy(table, labels) <= best - 0.05


def test_the_noise_table_has_nothing_to_learn() -> None:
    table, labels = read("sleep_noise.csv")
    same, real = read("sleep.csv")
    for name, column in table.items():
        np.testing.assert_array_equal(column, same[name])
    frequencies = np.bincount(labels) / len(labels)
    np.testing.assert_allclose(frequencies, np.bincount(real) / len(real), atol=0.03)
    error = math.sqrt(0.25 / len(labels))
    assert linear_accuracy(table, labels) < frequencies.max() + 3 * error
