"""What a person's file may hold is loaded: its imports, classes of every style, values, modules."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest

from helder.glass.check.deadline import Deadline
from helder.glass.check.reading.sources import read_sources
from helder.glass.check.sessions.sandbox import Sandbox


def opened(folder, code, seconds=30, **options):
    (folder / "net.py").write_text(textwrap.dedent(code))
    return Sandbox(read_sources(folder / "net.py"), Deadline.after(seconds), **options)


def test_a_file_runs_as_it_is_where_it_stands(tmp_path):
    (tmp_path / "data.csv").write_text("a,b\n1,2\n3,4\n")
    code = """
        import os, sys
        import numpy as np
        import pandas as pd
        import nowhere
        from sklearn.preprocessing import StandardScaler

        os.environ["OMP_NUM_THREADS"] = "1"
        data = pd.read_csv("data.csv")
        X = StandardScaler().fit_transform(data.values)
        np.save(os.path.join(os.environ["HOME"], "X.npy"), X)
        again = np.load(os.path.join(os.environ["HOME"], "X.npy"))
        folder = os.path.dirname(__file__)
        nothing = nowhere.something()
        after = 1

        if __name__ == "__main__":
            total = 0
            for i in range(4):
                total += i
    """
    with opened(tmp_path, code, run_as_is=True) as box:
        assert set(box.problems) == {"nothing"}
        np.testing.assert_allclose(box.read("again").value, [[-1, -1], [1, 1]])
        assert box.read("total").value == 6
        assert box.read("after").value == 1
        assert box.read("folder").value == str(tmp_path)
        assert box.left_out == ()
        assert box.stand_ins == ("nowhere",)


@pytest.mark.parametrize(
    ("line", "call", "value"),
    [
        ("from scipy.special import expit, softmax", "expit(0.0)", 0.5),
        ("import scipy.optimize", "scipy.optimize.minimize(lambda x: x @ x, [1.0]).success", True),
        ("import scipy.stats, scipy.linalg", "scipy.stats.norm.cdf(0)", 0.5),
        ("import cupy as cp", "cp.maximum(1, 2)", 2),
        ("import autograd.numpy as np", "np.tanh(0.0)", 0.0),
        ("import numpy.random as npr", "npr.rand(1).shape == (1,)", True),
        ("from numpy import *", "maximum(1, 2)", 2),
        ("from sklearn.base import BaseEstimator", "isinstance(1, BaseEstimator)", False),
        ("import tensorflow.keras.layers as L", "str(type(L))[1:6]", "class"),
        ("from tqdm import tqdm", "[i for i in tqdm(range(3))]", [0, 1, 2]),
        ("import tqdm", "len(tqdm.tqdm([1, 2]))", 2),
        ("from tqdm import trange", "list(trange(2))", [0, 1]),
        ("import matplotlib.pyplot as plt", "plt.subplots(1, 2)[1].plot(1).set(x=1) and 1", 1),
        ("import logging", "logging.getLogger('a').info('b') and 1", 1),
        ("import sys", "sys.float_info.epsilon < 1 < sys.maxsize", True),
        ("import time", "time.time() > 0", True),
        ("from __future__ import division", "1 / 2", 0.5),
        ("from collections import namedtuple", "namedtuple('P', 'x y')(1, 2)", (1, 2)),
        ("from typing import Optional; import pandas as pd; T = Optional[pd.DataFrame]", "1", 1),
        ("x = 1", "eval('x + 1')", 2),
        ("", "reduce(lambda a, b: a + b, xrange(4))", 6),
    ],
)
def test_what_networks_import_is_there_or_stands_in(tmp_path, line, call, value):
    with opened(tmp_path, f"{line}\ndef f(): return {call}\n") as box:
        assert box.call("f").value == value
        assert box.problems == {}


def test_classes_of_every_style_are_loaded(tmp_path):
    code = """
        from __future__ import annotations
        import abc, enum
        from dataclasses import dataclass, field
        from typing import NamedTuple
        import numpy as np
        import torch.nn as nn

        class Base(abc.ABC):
            @abc.abstractmethod
            def forward(self, x: nn.Tensor): ...

        class Kind(enum.Enum):
            RELU = "relu"

        class Pair(NamedTuple):
            W: np.ndarray
            b: np.ndarray = 0

        @dataclass
        class Layer(Base):
            n: int
            kept: list = field(default_factory=list)
            __scale = 2.0
            def forward(self, x):
                self.kept.append(x)
                return self.__scale * x

        class Slotted:
            __slots__ = ("W",)
            def __init__(self): self.W = np.ones(2)

        class Module(nn.Module):
            def __init__(self):
                super().__init__()
                self.kind = Kind.RELU
                self.own = self
                self.table = np.array([np.ones(2), np.zeros(3)], dtype=object)
                self.matrix = np.matrix([[1, 2]])
                self.lists = [[1.0, 2.0], [3.0]]
                self.layer = Layer(3)
                self.half = np.float32(0.5)
                self.names = np.array(["a", "b"])
    """
    with opened(tmp_path, code) as box:
        assert box.problems == {}
        module = box.call("Module").value.handle
        state = box.state(module)
        assert set(state) == {
            *(".table[0]", ".table[1]", ".matrix", ".lists[0][0]", ".lists[0][1]", ".lists[1][0]"),
            *(".layer.n", ".half", ".names"),
        }
        assert type(state[".matrix"]) is np.ndarray
        assert state[".half"] == 0.5
        assert state[".names"] == ["a", "b"]
        assert box.call(f"{module}.layer.forward", 3.0).value == 6.0
        assert box.state(module)[".layer.kept[0]"] == 3.0
        assert list(box.state(box.call("Slotted").value.handle)) == [".W"]
        assert box.call("Pair", 1).value == (1, 0)
        assert box.read("Layer._Layer__scale").value == 2.0


def test_values_pass_there_and_back(tmp_path):
    values = [
        *(None, True, -3, 2**70, 0.1, float("inf"), -0.0, 1 + 2j, "naïve\n", ""),
        *([], [1, [2.5, "a"]], (1, (2,)), {"W": 1, 2: [3]}, np.zeros((0, 3)), np.ones(3, "f4")),
        *(np.arange(6).reshape(2, 3).T, np.array(5.0), np.array([True]), np.array([1j])),
        np.arange(3, dtype=">i4"),
    ]
    with opened(tmp_path, "def same(x): return x\n") as box:
        for value in values:
            back = box.call("same", value).value
            assert type(back) is type(value)
            if isinstance(value, np.ndarray):
                assert back.dtype == value.dtype.newbyteorder("=")
            np.testing.assert_equal(back, value)
        assert np.isnan(box.call("same", float("nan")).value)
        assert box.call("same", np.zeros(3 << 20)).problem.kind == "TooLargeError"


def test_an_object_that_only_assigns_is_made_at_the_top_level(tmp_path):
    code = """
        class ReLU:
            def __init__(self, slope=0.0):
                self.slope = slope
                self.name = "relu"
        class Net:
            def __init__(self): train()
        ACTIVATIONS = {"relu": ReLU(0.5)}
        net = Net()
    """
    with opened(tmp_path, code) as box:
        assert box.read("ACTIVATIONS['relu'].slope").value == 0.5
        assert box.left_out == (9,)
        assert box.state("") == {
            "ACTIVATIONS['relu'].slope": 0.5,
            "ACTIVATIONS['relu'].name": "relu",
        }


def test_a_module_whose_name_is_no_word_is_imported(tmp_path):
    (tmp_path / "1-layer.py").write_text("class Layer:\n    n = 3\n")
    with opened(tmp_path, "Layer = __import__('1-layer').Layer\n") as box:
        assert box.problems == {}
        assert box.call("Layer").value.type_name == "Layer"
        assert box.call("1-layer:Layer").value.type_name == "Layer"


def test_modules_beside_the_file_share_their_names(tmp_path):
    (tmp_path / "nn").mkdir()
    (tmp_path / "nn" / "__init__.py").write_text("from .layers import Dense\n")
    (tmp_path / "nn" / "layers.py").write_text(
        "from . import maths\nimport nothing\n"
        "class Dense:\n    def forward(self, x): return maths.double(x)\n"
        "def fails(): return nothing.at.all()\n"
    )
    (tmp_path / "nn" / "maths.py").write_text("rate = 2\ndef double(x): return rate * x\n")
    code = "import nn.layers\nfrom nn import Dense\nimport nn as network\n"
    with opened(tmp_path, code) as box:
        assert box.problems == {}
        dense = box.call("Dense").value.handle
        assert box.call(f"{dense}.forward", 3).value == 6
        box.assign("nn.maths:rate", 5)
        assert box.call(f"{dense}.forward", 3).value == 15
        problem = box.call("nn.layers:fails").problem
        assert (problem.module, problem.line) == ("nn.layers", 5)
        assert box.sources.place(problem.line, problem.module) == "layers.py, line 5"
