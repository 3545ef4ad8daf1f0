"""Live objects under the same promise: calls on copies, state, definitions from their source."""

from __future__ import annotations

import types
from functools import partial

import numpy as np

from helder.glass.check.sessions.here import Here, definitions_of


def relu(z, slope=0.0):
    print("many lines")
    z[z < 0] *= slope
    return z


leaky = lambda z: np.where(z > 0, z, 0.1 * z)  # noqa: E731


class Base:
    def name(self):
        return "base"


class Net(Base):
    def __init__(self, n):
        self.W = np.ones((n, 1))

    def forward(self, x):
        return x @ self.W

    def sigmoid(x):  # noqa: N805  the mistake that a definition tells of
        return 1 / (1 + np.exp(-x))


def test_an_argument_of_the_persons_own_stays_what_it_is(capfd):
    here = Here({"relu": relu})
    z = np.array([-1.0, 2.0])
    outcome = here.call("relu", z, slope=0.5)
    np.testing.assert_array_equal(outcome.value, [-0.5, 2])
    np.testing.assert_array_equal(outcome.overwritten[0], [-0.5, 2])
    np.testing.assert_array_equal(z, [-1, 2])
    assert capfd.readouterr().out == ""


def test_random_numbers_of_the_persons_own_go_on(capsys):
    here = Here({"draw": np.random.rand})
    np.random.seed(3)
    expected = np.random.rand()
    np.random.seed(3)
    assert here.call("draw").value == here.call("draw").value
    assert np.random.rand() == expected


def test_an_instance_is_read_called_and_changed():
    net = Net(2)
    here = Here({"model": net})
    assert here.state("model").keys() == {".W"}
    here.assign("model.W", np.full((2, 1), 3.0))
    np.testing.assert_array_equal(net.W, [[3], [3]])
    np.testing.assert_array_equal(here.call("model.forward", np.ones((1, 2))).value, [[6]])
    copied = here.copy("model").value
    here.assign(f"{copied.handle}.W", np.zeros((2, 1)))
    np.testing.assert_array_equal(net.W, [[3], [3]])


def test_a_problem_has_its_line():
    problem = Here({"Net": Net}).call("Net.forward", None, 1).problem
    assert problem.kind == "AttributeError"
    assert problem.line == Net.forward.__code__.co_firstlineno + 1


def test_definitions_are_read_in_the_source():
    found = {one.path: one for one in definitions_of({"f": relu, "leaky": leaky, "net": Net(1)})}
    methods = ["Net.__init__", "Net.forward", "Net.sigmoid"]
    assert list(found) == ["f", "leaky", "Net", *methods, "Base", "Base.name"]
    assert found["f"].line == relu.__code__.co_firstlineno
    assert [p.default for p in found["f"].parameters] == [None, "0.0"]
    assert found["Net.forward"].returns == (("x @ self.W",),)
    assert found["Net.sigmoid"].lacks_self
    assert found["leaky"].parameters[0].name == "z"
    assert all(one.file == "test_here.py" for one in found.values())


def test_what_has_no_source_is_known_by_its_signature():
    names = {}
    exec("def f(a, b=2): return a", names)
    (found,) = definitions_of({"made": names["f"]})
    assert [(p.name, p.default) for p in found.parameters] == [("a", None), ("b", "2")]
    assert definitions_of({"part": partial(relu)}) == ()


def test_a_module_is_checked_in_place():
    module = types.ModuleType("net")
    exec("rate = 1.0\ndef halved(): return rate / 2\n", vars(module))
    here = Here(module)
    here.assign("rate", 3.0)
    assert here.call("halved").value == 1.5
    assert module.rate == 3.0
    assert here.state("") == {"rate": 3.0}
    assert [one.path for one in definitions_of(module)] == ["halved"]
