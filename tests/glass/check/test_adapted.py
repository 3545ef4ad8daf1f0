"""Adapters of all kinds: for objects, for functions and for scripts, saved anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from helder.errors import DataError
from helder.glass.check.checking import adapter_text, check

ODD_CLASS = """
import numpy as np

class Brain:
    def __init__(self, plan):
        self.inner = {"first": Part(plan["a"], plan["b"]), "second": Part(plan["b"], plan["c"])}

    def guess(self, batch):
        self.h = np.tanh(batch.T @ self.inner["first"].mat + self.inner["first"].off)
        s = self.h @ self.inner["second"].mat + self.inner["second"].off
        e = np.exp(s - s.max(1, keepdims=True))
        return (e / e.sum(1, keepdims=True)).T

    def improve(self, batch, wanted, speed):
        d = (self.guess(batch) - wanted).T / batch.shape[1]
        back = d @ self.inner["second"].mat.T * (1 - self.h ** 2)
        self.inner["second"].move(self.h.T @ d, d.sum(0), speed)
        self.inner["first"].move(batch @ back, back.sum(0), speed)

class Part:
    def __init__(self, n, k):
        self.mat, self.off = np.random.randn(n, k), np.zeros(k)

    def move(self, dmat, doff, speed):
        self.mat -= speed * dmat
        self.off -= speed * doff
"""
FOR_CLASS = """
from {module} import *

net = Brain({{"a": 4, "b": 5, "c": 3}})
first, second = net.inner["first"], net.inner["second"]
def parameters(): return [first.mat, first.off, second.mat, second.off]
def forward(X): return net.guess(X.T).T
def step(X, Y, learning_rate): net.improve(X.T, Y.T, learning_rate)
"""
ODD_FUNCTIONS = """
import numpy as np

def go(net, rows):
    (A, B) = net
    h = np.maximum(0, A @ rows)
    return h, 1 / (1 + np.exp(-B @ h))

def better(net, rows, wanted, much):
    (A, B) = net
    h, p = go(net, rows)
    d = p - wanted
    return A - much * ((B.T @ d) * (h > 0)) @ rows.T, B - much * d @ h.T
"""
FOR_FUNCTIONS = """
import numpy as np
from mine import go, better

net = np.random.randn(5, 4), np.random.randn(3, 5)
def parameters(): return list(net)
def forward(X): return go(net, X.T)[1].T
def step(X, Y, learning_rate): return better(net, X.T, Y.T, learning_rate)
"""
ODD_SCRIPT = """
import numpy as np
table = np.linspace(-1, 1, 24).reshape(8, 3)
truth = np.eye(2)[[0, 1, 1, 0, 1, 0, 0, 1]]
P, Q = np.random.randn(3, 5), np.random.randn(5, 2)
for turn in range(100):
    u = 1 / (1 + np.exp(-table @ P))
    v = 1 / (1 + np.exp(-u @ Q))
    dv = (v - truth) * v * (1 - v)
    du = dv @ Q.T * u * (1 - u)
    Q -= 0.3 * u.T @ dv
    P -= 0.3 * table.T @ du
"""
FOR_SCRIPT = """
loop = 6
X, Y = "table", "truth"
parameters = ["P", "Q"]
"""
CASES = {
    "class": (ODD_CLASS, FOR_CLASS),
    "functions": (ODD_FUNCTIONS, FOR_FUNCTIONS),
    "script": (ODD_SCRIPT, FOR_SCRIPT),
}
MISTAKES = [
    ("class", "derivative-formula", "(1 - self.h ** 2)", "(1 + self.h ** 2)"),
    ("class", "softmax-derivative-twice", "d = (self.guess(batch) - wanted).T",
     "p = self.guess(batch).T; d = (p - wanted.T) * p * (1 - p)"),
    ("class", "gradient-divided-twice", "/ batch.shape[1]", "/ batch.shape[1] ** 2"),
    ("functions", "relu-slope-threshold", "(h > 0)", "(h > 1)"),
    ("functions", "update-sign", "B - much", "B + much"),
    ("script", "update-sign", "P -=", "P +="),
    ("script", "missing-hidden-derivative", " * u * (1 - u)", ""),
]  # fmt: skip


def checked(tmp_path, text, adapter, name="net.py"):
    (tmp_path / "there").mkdir()
    path, lines = tmp_path / name, tmp_path / "there" / "adapter.py"
    path.write_text(text)
    lines.write_text(adapter.replace("{module}", "net").replace("{{", "{").replace("}}", "}"))
    return check(path, adapter=lines)


@pytest.mark.parametrize("style", CASES)
def test_a_right_network_is_ok_through_its_adapter(tmp_path, style):
    found = checked(tmp_path, *CASES[style])
    assert found.network.verdict == "ok", found.network


@pytest.mark.parametrize(
    ("style", "cause", "old", "new"),
    MISTAKES,
    ids=lambda part: str(part)[:30],
)
def test_a_mistake_has_its_name_through_an_adapter(tmp_path, style, cause, old, new):
    text, adapter = CASES[style]
    assert old in text
    found = checked(tmp_path, text.replace(old, new), adapter)
    assert found.network.causes == (cause,), found.network
    assert found.network.verdict == "wrong"


def test_an_adapter_may_call_the_file_mine_whatever_its_name_is(tmp_path):
    found = checked(tmp_path, ODD_FUNCTIONS, FOR_FUNCTIONS, "07 my net.py")
    assert found.network.verdict == "ok", found.network


COLUMNS_AND_NUMBERS = """
import numpy as np

def go(A, a, B, b, M):
    H = np.tanh(A @ M + a)
    S = B @ H + b
    E = np.exp(S - S.max(0))
    return {"hidden": H, "chances": E / E.sum(0)}

def improve(A, a, B, b, M, classes, much):
    seen = go(A, a, B, b, M)
    D = seen["chances"] - np.eye(len(B))[classes].T
    back = B.T @ D * (1 - seen["hidden"] ** 2)
    new = A - much * back @ M.T, a - much * back.sum(1, keepdims=True)
    return *new, B - much * D @ seen["hidden"].T, b - much * D.sum(1, keepdims=True)
"""
AS_IT_IS_CALLED = """
from mine import *

draw = np.random.randn
net = draw(5, 4), draw(5, 1), draw(3, 5), draw(3, 1)
def parameters(): return net
def forward(X): return go(*net, X)
def step(X, Y, learning_rate): return improve(*net, X, Y, learning_rate)
"""
NEURONS = """
import numpy as np

class Unit:
    def __init__(self, n):
        self.pull, self.rest = np.random.randn(n), 0.1

    def fire(self, x):
        self.x, self.y = x, 1 / (1 + np.exp(-(self.pull @ x + self.rest)))
        return self.y

    def learn(self, error, much):
        blame = error * self.y * (1 - self.y)
        self.pull = self.pull - much * blame * self.x
        self.rest -= much * blame
        return blame

def answer(rows, x):
    for row in rows:
        x = np.array([unit.fire(x) for unit in row])
    return x

def improve(rows, x, wanted, much):
    errors = answer(rows, x) - wanted
    for row in reversed(rows):
        before = [unit.pull for unit in row]
        blames = [unit.learn(e, much) for unit, e in zip(row, errors)]
        errors = sum(b * w for b, w in zip(blames, before))
"""
OF_NEURONS = """
from mine import *

first, second = net = [Unit(4) for _ in range(5)], [Unit(5) for _ in range(3)]
def parameters():
    return [[u.pull for u in first], [(u, "rest") for u in first],
            [u.pull for u in second], [(u, "rest") for u in second]]
def forward(X): return answer(net, X)
def step(X, Y, learning_rate): improve(net, X, Y, learning_rate)
"""


def test_how_rows_and_classes_are_handed_over_is_found_out(tmp_path):
    found = checked(tmp_path, COLUMNS_AND_NUMBERS, AS_IT_IS_CALLED, "mine.py").network
    assert found.verdict == "ok", found
    assert (found.convention["layout"], found.convention["labels"]) == ("columns", "class numbers")
    wrong = COLUMNS_AND_NUMBERS.replace("(1 - seen", "(1 + seen")
    (tmp_path / "again").mkdir()
    found = checked(tmp_path / "again", wrong, AS_IT_IS_CALLED, "mine.py").network
    assert found.causes == ("derivative-formula",), found


def test_numbers_that_stand_in_objects_are_parameters(tmp_path):
    found = checked(tmp_path, NEURONS, OF_NEURONS, "mine.py").network
    assert found.verdict == "ok", found


WRONG_ADAPTERS = [
    ("return list(net)", "return [a.copy() for a in net]", "gives copies"),
    ("return list(net)", "return [net[0]]", "do not follow each other"),
    ("return list(net)", "return net[::-1]", "your code fails at net.py, line 6 with ValueError"),
    ("return list(net)", "return [np.arange(20).reshape(5, 4)]", "floating point"),
    ("return better(", "better(", "changes none of the parameters"),
    ("go(net, X.T)", "go(net, X, X)", "The adapter fails at adapter.py, line 7 with TypeError"),
    ("return list(net)", "return [...]", "still has ... in it"),
    ("np.random.randn(5, 4)", "nothing(5, 4)", "at adapter.py, line 5 with NameError"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG_ADAPTERS, ids=lambda p: str(p)[:30])
def test_an_adapter_that_does_not_fit_is_told_so_and_nothing_is_called_wrong(
    tmp_path, old, new, said
):
    assert old in FOR_FUNCTIONS
    found = checked(tmp_path, ODD_FUNCTIONS, FOR_FUNCTIONS.replace(old, new))
    assert found.network.verdict == "cannot tell"
    assert said in found.network.evidence


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("loop = 6", "loop = 5", "has to be the line of a loop"), ("X, Y", "X, Z", "to name more")],
)
def test_names_that_do_not_fit_a_script_are_told(tmp_path, old, new, said):
    found = checked(tmp_path, ODD_SCRIPT, FOR_SCRIPT.replace(old, new))
    assert found.network.verdict == "cannot tell"
    assert said in found.network.evidence


def test_an_adapter_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(ODD_FUNCTIONS)
    with pytest.raises(DataError, match=r"adapter\.py"):
        check(path, adapter=tmp_path / "adapter.py")


CORPUS = Path(__file__).parents[3] / "benchmarks" / "check"
IN_OWN_LINES = """
import numpy as np

def maak(n_in, n_verborgen, n_uit):
    draw = np.random.randn
    return draw(n_in, n_verborgen), draw(n_verborgen), draw(n_verborgen, n_uit), draw(n_uit)

def gok(net, X):
    A, a, B, b = net
    return 1 / (1 + np.exp(-(np.tanh(X @ A + a) @ B + b)))

def leer(net, X, doelen, stap):
    A, a, B, b = net
    H = np.tanh(X @ A + a)
    d = gok(net, X) - doelen
    e = d @ B.T * (1 - H ** 2)
    return A - stap * X.T @ e, a - stap * e.sum(0), B - stap * H.T @ d, b - stap * d.sum(0)

def main():
    X, doelen = np.load("x.npy"), np.load("y.npy")
    net = maak(X.shape[1], 30, doelen.shape[1])
    for ronde in range(100):
        net = leer(net, X, doelen, 0.1)
        print(ronde, np.mean(gok(net, X) - doelen))
"""
PRINTED = [
    "known/02_class_ints_sigmoid_plus_equals.py",
    "known/10_class_regression_tanh.py",
    "known/12_class_columns_deep_parameters.py",
    "known/32_script_xor_syn0_syn1.py",
    "fresh/18_iris_assignment.py",
    "fresh/09_typed_mlp.py",
    "fresh/27_red_neuronal.py",
    "known/14_class_sklearn_like_private_methods.py",
    "known/31_layers_neuron_objects.py",
    "fresh/21_nnet_logit.py",
    "fresh/30_closure_net.py",
]


@pytest.mark.parametrize("name", PRINTED)
def test_the_adapter_that_is_printed_works_as_it_is(tmp_path, name):
    path, lines = CORPUS / name, tmp_path / "adapter.py"
    lines.write_text(adapter_text(path, seconds=20))
    assert len(lines.read_text().splitlines()) <= 15
    assert check(path, adapter=lines, seconds=20).network.verdict == "ok"


def test_an_adapter_says_what_the_files_own_training_lines_say(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(IN_OWN_LINES)
    printed = adapter_text(path, seconds=20)
    assert "from net import *" in printed
    assert "net = maak(4, 5, 3)" in printed
    assert "net = leer(net, X, Y, 0.1)" in printed
    assert "print" not in printed


def test_what_no_adapter_could_be_tried_for_gets_a_form_to_fill_in(tmp_path):
    path, lines = tmp_path / "net.py", tmp_path / "adapter.py"
    path.write_text(ODD_CLASS.replace("guess", "predict").replace("improve", "train"))
    printed = adapter_text(path, seconds=20)
    for old, new in [
        ("Brain(plan=...)", "Brain({'a': 4, 'b': 5, 'c': 3})"),
        ("[...]",
         "[a for p in net.inner.values() for a in (p.mat, p.off)]"),
        ("net.predict(batch=len(X))", "net.predict(X)"),
        ("net.train(batch=len(X), wanted=Y, speed=...)", "net.train(X, Y, learning_rate)"),
    ]:  # fmt: skip
        assert old in printed
        printed = printed.replace(old, new)
    lines.write_text(printed)
    assert check(path, adapter=lines).network.verdict == "ok"


INLINE = """
import numpy as np

def slopes(A, a, B, b, X, T):
    H = np.tanh(X @ A + a)
    D = 1 / (1 + np.exp(-(H @ B + b))) - T
    back = D @ B.T * (1 - H ** 2)
    return X.T @ back, back.sum(0), H.T @ D, D.sum(0)

def teach(X, T, rounds, pace=0.1):
    draw = np.random.default_rng(0).normal
    A, a = draw(size=(X.shape[1], 9)), np.zeros(9)
    B, b = draw(size=(9, T.shape[1])), np.zeros(T.shape[1])
    for turn in range(rounds):
        dA, da, dB, db = slopes(A, a, B, b, X, T)
        A -= pace * dA
        a -= pace * da
        B -= pace * dB
        b -= pace * db
    return A, a, B, b
"""


def test_the_update_in_the_files_own_lines_counts_where_gradients_are_right(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(INLINE)
    assert check(path, seconds=20).network.verdict == "ok"
    path.write_text(INLINE.replace("B -= pace", "B += pace"))
    assert check(path, seconds=20).network.causes == ("update-sign",)
