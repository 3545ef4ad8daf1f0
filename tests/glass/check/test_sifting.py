"""What of a file is loaded: definitions and plain values, and nothing that it does."""

from __future__ import annotations

import ast
import textwrap

import pytest

from helder.glass.check.reading.sifting import sift


def sifted(code):
    return ast.unparse(ast.Module(list(sift(ast.parse(textwrap.dedent(code))).body), []))


HEAD = """
import numpy as np
import math
import random
import pandas as pd
from numpy.random import randn, default_rng
from random import gauss
"""


def is_kept(statement):
    tree = ast.parse(HEAD + textwrap.dedent(statement))
    return len(sift(tree).body) > len(sift(ast.parse(HEAD)).body)


@pytest.mark.parametrize(
    "statement",
    [
        "rate = 0.1",
        "sizes = [784, 30, 10]",
        "a, b = 1, 2",
        "relu = lambda z: np.maximum(0, z)",
        "activations = {'relu': (relu, relu_slope), 'tanh': (np.tanh, None)}",
        "half = rate / 2 ** 3 if rate > 0 else -1",
        "W1 = np.random.randn(3, 4) * np.sqrt(2 / 3)",
        "W2 = randn(3, 4).astype(np.float32).T",
        "rng = np.random.default_rng(seed=1)",
        "W3 = rng.normal(0, 1, size=(3, 4))",
        "weights = [np.zeros((n, m)) for n, m in zip(sizes[:-1], sizes[1:])]",
        "params = dict(W1=W1, b1=np.zeros(3))",
        "params['W2'] = np.ones(2)",
        "total = sum(len(w) for w in weights)",
        "x = math.exp(1) + gauss(0, 1)",
        "name: str = f'{rate:.2f}'",
        "rate /= 2",
        "Config.rate = 3",
        "vector = np.vectorize(lambda z: z + 1)",
        "words = 'a b c'.split()",
    ],
)
def test_plain_values_are_kept(statement):
    assert is_kept(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "data = pd.read_csv('x.csv')",
        "X = np.loadtxt('x.csv')",
        "X = np.genfromtxt(open('x.csv'))",
        "X = np.load('x.npy')['a']",
        "np.save('x.npy', W)",
        "np.seterr(all='ignore')",
        "X = np.fromfile('x.bin').reshape(3, 2)",
        "n = int(input('layers: '))",
        "W = [np.array(download(i)) for i in range(3)]",
        "net = Network([2, 3])",
        "losses = train(X, y)",
        "train(X, y)",
        "x = (lambda: 1)()",
        "f = open('x')",
        "(y := train())",
        "x = eval('1')",
        "x[train()] = 3",
        "print('training')",
        "del data",
        "assert train()",
        "for i in range(3): pass",
        "while True: pass",
        "with open('x') as f: pass",
        "raise SystemExit",
        "data.shuffle()",
        "x = np.random.randn(train())",
        "x = [train() for i in range(3)]",
        "x = getattr(np, 'load')('x')",
        "x = __import__(name)",
        "x = exec('1')",
    ],
)
def test_what_does_something_is_not(statement):
    assert not is_kept(statement)


MAKES_FUNCTIONS = """
def bend(f, df):
    def layer(x):
        return f(x), df(x)
    return layer
"""


def test_functions_that_only_make_functions_are_called():
    call = "tanh = bend(np.tanh, lambda a: 1 - a ** 2)"
    assert call in sifted(MAKES_FUNCTIONS + call)
    busy = MAKES_FUNCTIONS.replace("    return layer", "    open('log')\n    return layer")
    assert call not in sifted(busy + call)


def test_the_main_block_is_dropped():
    assert sifted("if __name__ == '__main__':\n    def f(): pass\n    x = 1") == ""
    assert sifted("if '__main__' == __name__:\n    x = 1") == ""


def test_the_lines_that_are_left_out_are_known_and_what_needs_them_goes_too():
    code = """
        'What the file is.'
        import numpy as np
        np.random.seed(0)
        data = load()
        m, n = data.shape
        X = data[1:] / 255
        rate = 0.1
        X = np.zeros(3)
        half = X / 2
        def f(): return data
    """
    found = sift(ast.parse(textwrap.dedent(code)))
    assert found.left_out == (5, 6, 7)
    assert [node.lineno for node in found.body] == [3, 8, 9, 10, 11]


def test_bodies_of_functions_stay_as_they_are():
    code = "def f(x):\n    while True:\n        train(open('x'))"
    assert sifted(code) == code


def test_each_import_stands_alone():
    assert sifted("import a, b.c as d\nfrom e import f, g") == (
        "import a\nimport b.c as d\nfrom e import f\nfrom e import g"
    )


def test_decorators_are_kept_where_they_are_pythons_or_the_files_own():
    code = """
        import functools, numba
        from functools import wraps
        from numba import njit
        def own(f): return f
        class A:
            @property
            def a(self): pass
            @a.setter
            def a(self, x): pass
            @staticmethod
            def b(): pass
            @functools.lru_cache(maxsize=None)
            def c(self): pass
            @njit
            def d(self): pass
            @numba.jit(nopython=True)
            def e(self): pass
            @own
            @app.route('/')
            @own(train())
            def f(self): pass
    """
    text = sifted(code)
    assert [line.strip() for line in text.splitlines() if "@" in line] == [
        "@property",
        "@a.setter",
        "@staticmethod",
        "@functools.lru_cache(maxsize=None)",
        "@own",
    ]


def test_defaults_that_do_something_become_none():
    code = "def f(a, b=1, c=train(), *, d=np.ones(3), e=open('x')): pass"
    assert sifted(f"import numpy as np\n{code}").splitlines()[2] == (
        "def f(a, b=1, c=None, *, d=np.ones(3), e=None):"
    )
    assert sifted("f = lambda x=train(): x") == "f = lambda x=None: x"


def test_class_bodies_are_sifted_likewise():
    code = """
        class Net(Base, train(), metaclass=Meta):
            '''What it is.'''
            rate = 0.1
            data = load()
            for i in range(3): pass
            relu = lambda z: z
            class Layer:
                print('made')
            def f(self): pass
    """
    assert sifted(code) == textwrap.dedent(
        """
        class Net(Base, metaclass=Meta):
            rate = 0.1
            relu = lambda z: z

            class Layer:
                pass

            def f(self):
                pass
        """
    ).strip("\n")


def test_blocks_of_definitions_are_kept_and_of_others_the_definitions():
    kept = "try:\n    import cupy as np\nexcept ImportError:\n    import numpy as np"
    assert sifted(kept) == kept
    assert sifted("if fast:\n    x = 1\nelse:\n    x = 2") == (
        "if fast:\n    x = 1\nelse:\n    x = 2"
    )
    assert sifted("if ask():\n    x = train()\n    def f(): pass") == "def f():\n    pass"
