"""Somebody's file as text that parses: encodings, notebooks, Python 2, modules beside it."""

from __future__ import annotations

import ast
import json
import os
import textwrap

import pytest

from helder.errors import ArgumentError, DataError, HelderError
from helder.glass.check.reading.sources import read_sources


@pytest.fixture
def file(tmp_path):
    def write(text, name="net.py", encoding="utf-8"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(textwrap.dedent(text).encode(encoding))
        return path

    return write


def notebook(*cells, kind="code"):
    content = [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        *({"cell_type": kind, "source": cell.splitlines(keepends=True)} for cell in cells),
    ]
    return json.dumps({"cells": content, "nbformat": 4})


# How a file is written


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_usual_encoding_is_read(file, encoding):
    path = file("naam = 'café'\n", encoding=encoding)
    assert read_sources(path).main.tree.body[0].value.value == "café"


def test_a_declared_encoding_is_kept_to(file):
    path = file("# -*- coding: cp1251 -*-\nname = 'сеть'\n", encoding="cp1251")
    assert read_sources(path).main.tree.body[0].value.value == "сеть"


def test_an_unknown_declared_encoding_is_no_obstacle(file):
    assert read_sources(file("# coding: nonsense\nx = 1\n")).main.tree.body


def test_lines_of_any_ending_have_the_same_numbers(file):
    sources = read_sources(file("x = 1\r\n\r\ndef f(): pass\r\n"))
    assert sources.definitions[0].line == 3
    assert sources.main.place(3) == "net.py, line 3"


@pytest.mark.parametrize(
    ("name", "data", "error", "words"),
    [
        ("net.py", b"", DataError, "empty"),
        ("net.py", b"# only a comment\n", DataError, "no code"),
        ("net.py", b"def f(:\n", DataError, "line 1"),
        ("net.py", b"x = 1\n\0\0\n", DataError, "binary"),
        ("net.py", bytes(range(1, 256)), DataError, "no Python"),
        ("net.py", b"Dear reader, this is a letter.\n", DataError, "no Python"),
        ("net.py", b"x = " + b"(" * 5000 + b")" * 5000, DataError, "no Python"),
        ("net.py", b"x = " + b"-" * 100_000 + b"1", DataError, "nested too deeply"),
        ("net.py", b"x = " + b"1 + " * 5000 + b"1", DataError, "nested too deeply"),
        ("net.py", b"x = 1\n" * 200_000, DataError, "too large"),
        ("net.csv", b"a,b\n1,2\n", ArgumentError, ".ipynb"),
        ("net.ipynb", b"x = 1\n", DataError, "no notebook"),
        ("net.ipynb", b"[" * 100_000, DataError, "no notebook"),
        ("net.ipynb", b'{"cells": 3}', DataError, "no notebook"),
        ("net.ipynb", b'{"cells": []}', DataError, "no cell"),
    ],
)
def test_what_is_no_code_is_refused_and_says_why(tmp_path, name, data, error, words):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error) as caught:
        read_sources(path)
    assert words in str(caught.value)
    assert name in str(caught.value)


def test_what_is_not_there_or_no_file_is_refused(tmp_path):
    (tmp_path / "net.py").write_text("x = 1")
    os.mkfifo(tmp_path / "pipe.py")
    for name, words in [("nett.py", "'net.py'"), ("pipe.py", "regular"), (".", "folder")]:
        with pytest.raises(HelderError) as caught:
            read_sources(tmp_path / name)
        assert words in str(caught.value)


# Notebooks


def test_cells_are_joined_and_a_place_names_the_cell(file):
    text = notebook("import numpy as np\n", "x = 1\n\ndef f(z):\n    return z", "y = f(x)")
    sources = read_sources(file(text, "net.ipynb"))
    assert [one.path for one in sources.definitions] == ["f"]
    assert sources.place(sources.definitions[0].line) == "net.ipynb, cell 2, line 3"
    assert [ast.unparse(call) for call in sources.main.calls] == ["f(x)"]


def test_magics_are_removed_and_lines_stay(file):
    cell = "%matplotlib inline\n!pip install numpy \\\n  pandas\nfiles = !ls\nf?\ndef f(): pass"
    sources = read_sources(file(notebook(cell, "%%time\nx = f()", "%%bash\nls -l"), "net.ipynb"))
    assert sources.said == ()
    assert sources.place(sources.definitions[0].line) == "net.ipynb, cell 1, line 6"
    assert [ast.unparse(call) for call in sources.main.calls] == ["f()"]


def test_a_percent_sign_that_is_no_magic_stays(file):
    sources = read_sources(file(notebook("x = ('%d'\n% 3)"), "net.ipynb"))
    assert eval(ast.unparse(sources.main.tree.body[0].value)) == "3"


def test_a_cell_that_is_no_python_is_left_out_and_said(file):
    sources = read_sources(file(notebook("def f(:", "def g(): pass"), "net.ipynb"))
    assert [one.path for one in sources.definitions] == ["g"]
    assert "net.ipynb, cell 1" in sources.said[0]


def test_a_notebook_without_one_good_cell_is_refused(file):
    with pytest.raises(DataError, match="no cell of this notebook is Python"):
        read_sources(file(notebook("def f(:"), "net.ipynb"))


def test_a_notebook_that_was_saved_as_a_script_is_read(file):
    assert read_sources(file("!pip install numpy\ndef f(): pass\n")).definitions[0].line == 2


# Python 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("print 'a', b", "print('a', b)"),
        ("print 1; print", "print(1)\nprint()"),
        ("print 'a',", "print('a')"),
        ("print 'cost: %f' % (cost / 2)", "print('cost: %f' % (cost / 2))"),
        ("print (a), b; print c", "print(a, b)\nprint(c)"),
        ("print >>log, a; print b", "print(a)\nprint(b)"),
        ("print 'x; y'; z = 1", "print('x; y')\nz = 1"),
        ("print 'print a' # print b", "print('print a')"),
        ("print 'a', \\\n  b", "print('a', b)"),
        ("if a: print b", "if a:\n    print(b)"),
        ("if a <> b: print `a`", "if a != b:\n    print(repr(a))"),
        ("try:\n  print 1\nexcept ValueError, e:\n  pass", None),
        ("raise ValueError, 'no'", "raise ValueError('no')"),
        ("os.chmod(f, 0644)", "os.chmod(f, 420)"),
        ("n = 10L; print n", "n = 10\nprint(n)"),
        ("for k, v in d.iteritems(): print k", "for k, v in d.items():\n    print(k)"),
        ("if a:\n\tx = 1\n        y = 2", "if a:\n    x = 1\n    y = 2"),
        ("s = u'a'; print ur'b'", "s = 'a'\nprint('b')"),
    ],
)
def test_python_2_is_mended_where_it_stands(file, old, new):
    sources = read_sources(file(f"def f(): pass\n{old}\ndef g(): pass\n"))
    assert sources.main.python_2 == 2 + (0 if "\n" not in old or old[0] == "p" else 1)
    assert sources.definitions[1].line == 3 + old.count("\n")
    assert "net.py, line" in sources.said[0]
    if new is not None:
        assert ast.unparse(ast.Module(sources.main.tree.body[1:-1], [])) == new


def test_a_name_of_python_2_alone_tells_it(file):
    assert read_sources(file("x = 1\nfor i in xrange(3): pass\n")).main.python_2 == 2
    assert read_sources(file("from functools import reduce\nreduce(f, x)\n")).main.python_2 is None
    assert read_sources(file("print('a')\n")).main.python_2 is None


def test_what_no_edit_mends_is_said_as_it_was_written(file):
    with pytest.raises(DataError, match="line 3"):
        read_sources(file("print 'a'\nx = 1\ndef f(:\n"))


# Modules beside the file


def test_modules_beside_it_are_followed_each_after_what_it_needs(file):
    file("from . import maths\nfrom .maths import exp\ndef layer(): pass\n", "nn/layers.py")
    file("import unknown\ndef exp(): pass\n", "nn/maths.py")
    file("", "nn/__init__.py")
    file("def plain(): pass\n", "utils.py")
    path = file("import numpy\nfrom nn.layers import layer\nimport utils, os\ndef f(): pass\n")
    sources = read_sources(path)
    assert [one.name for one in sources.siblings] == ["nn.maths", "nn.layers", "utils"] or [
        one.name for one in sources.siblings
    ] == ["nn", "nn.maths", "nn.layers", "utils"]
    paths = [one.path for one in sources.definitions]
    assert paths == ["f", "nn.maths:exp", "nn.layers:layer", "utils:plain"]
    names = [(one.name, one.owner) for one in sources.definitions]
    assert names == [("f", ""), ("exp", ""), ("layer", ""), ("plain", "")]


def test_modules_that_need_each_other_are_read_once(file):
    file("import b\n", "a.py")
    file("import a, net\n", "b.py")
    assert [one.name for one in read_sources(file("import a\n")).siblings] == ["b", "a"]


def test_what_stands_outside_the_folder_is_not_followed(file, tmp_path):
    file("x = 1\n", "outer.py")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "linked.py").symlink_to(tmp_path / "outer.py")
    path = file("from ..outer import x\nimport outer, linked\n", "inner/net.py")
    assert read_sources(path).siblings == ()


def test_the_folder_may_be_the_package_itself(file):
    file("def f(): pass\n", "nn/layers.py")
    sources = read_sources(file("from nn.layers import f\nfrom .layers import f\n", "nn/net.py"))
    assert {one.name for one in sources.siblings} == {"nn.layers", "layers"}


def test_a_module_that_cannot_be_read_is_said(file):
    file("def f(:\n", "bad.py")
    sources = read_sources(file("import bad\nx = 1\n"))
    assert sources.siblings == ()
    assert "bad.py" in sources.said[0]


def test_so_many_modules_are_followed_and_no_more(file):
    for number in range(40):
        file(f"import m{number + 1}\n", f"m{number}.py")
    sources = read_sources(file("import m0\n"))
    assert len(sources.siblings) <= 30
    assert len(sources.said) == 1


# Definitions, loops, calls


def test_definitions_are_read_with_their_parameters_and_what_they_return(file):
    code = """
        sigmoid = lambda z: 1 / z

        def forward(x, W1, b1=0, *rest, fast=True, **more):
            def inner(): return 1
            if fast:
                return x, W1
            return x

        class Net(Base):
            def __init__(self, sizes): pass
            def backward(self, dout): return dout
            def relu(z): return z
            @staticmethod
            def tanh(z): return z
            @classmethod
            def make(cls, n): return cls(n)
            class Layer: pass

        try:
            import fast
        except ImportError:
            def slow(): pass

        if __name__ == "__main__":
            def main(): pass
    """
    found = {one.path: one for one in read_sources(file(code)).definitions}
    assert {path: one.kind for path, one in found.items()} == {
        "sigmoid": "function",
        "forward": "function",
        "Net": "class",
        "Net.__init__": "method",
        "Net.backward": "method",
        "Net.relu": "method",
        "Net.tanh": "static",
        "Net.make": "static",
        "Net.Layer": "class",
        "slow": "function",
    }
    taken = [(p.name, p.default, p.kind) for p in found["forward"].parameters]
    assert taken == [
        ("x", None, "positional"),
        ("W1", None, "positional"),
        ("b1", "0", "positional"),
        ("rest", None, "args"),
        ("fast", "True", "keyword"),
        ("more", None, "kwargs"),
    ]
    assert found["forward"].returns == (("x", "W1"), ("x",))
    assert [one.path for one in found.values() if one.lacks_self] == ["Net.relu"]
    for path, names in {"Net": ["sizes"], "Net.backward": ["dout"], "Net.make": ["n"]}.items():
        assert [p.name for p in found[path].parameters] == names
    assert found["Net.backward"].owner == "Net"
    assert found["Net.backward"].name == "backward"


def test_a_class_is_made_as_its_base_or_its_fields_say(file):
    code = """
        from dataclasses import dataclass
        class Base:
            def __init__(self, n): pass
        class Dense(Base): pass
        @dataclass
        class Setting:
            rate: float
            n: int = 3
    """
    found = {one.path: one for one in read_sources(file(code)).definitions}
    assert [p.name for p in found["Dense"].parameters] == ["n"]
    assert [(p.name, p.default) for p in found["Setting"].parameters] == [
        ("rate", None),
        ("n", "3"),
    ]


def test_loops_and_calls_of_the_top_level_are_found(file):
    code = """
        net = Net([2, 3])
        for epoch in range(10):
            for row in X:
                net.train(row)
        def f():
            while True: g()
        if __name__ == "__main__":
            with open("x") as file:
                while True:
                    train(net, 3)
    """
    main = read_sources(file(code)).main
    assert [(loop.name, loop.line) for loop in main.loops] == [("loop 1", 3), ("loop 2", 10)]
    found = [ast.unparse(call) for call in main.calls]
    assert found == ["Net([2, 3])", "range(10)", "net.train(row)", "open('x')", "train(net, 3)"]
