"""Source text loaded in this process, for tests: the smallest session that keeps its promise."""

from __future__ import annotations

import ast
import copy
import random
import re
import textwrap
import warnings

import numpy as np
import pytest

from helder.glass.check.definitions import definitions
from helder.glass.check.elementary import check_functions
from helder.glass.check.session import Outcome, Problem, Thing

FLOAT_WARNINGS = ("overflow", "divide", "invalid")


class Loaded:
    """A session on a source text."""

    def __init__(self, source):
        self.names = {"__name__": "loaded"}
        self.things = {}
        exec(compile(source, "source.py", "exec"), self.names)

    def call(self, path, *args, **kwargs):
        given = copy.deepcopy(args)
        np.random.seed(0)
        random.seed(0)
        with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn"):
            warnings.simplefilter("always")
            try:
                value = self.object(path)(*given, **kwargs)
            except Exception as error:
                return Outcome(problem=Problem(type(error).__name__, str(error)))
        overwritten = {
            i: after
            for i, (before, after) in enumerate(zip(args, given, strict=True))
            if isinstance(after, np.ndarray) and not np.array_equal(before, after, equal_nan=True)
        }
        said = " ".join(str(w.message) for w in caught)
        kinds = tuple(kind for kind in FLOAT_WARNINGS if kind in said)
        return Outcome(self.wire(value), None, kinds, overwritten)

    def bare(self, class_name):
        cls = self.object(class_name)
        return Outcome(self.wire(cls.__new__(cls)))

    def copy(self, path):
        return Outcome(self.wire(copy.deepcopy(self.object(path))))

    def read(self, path):
        return Outcome(self.wire(self.object(path)))

    def assign(self, path, value):
        owner, _, name = path.rpartition(".")
        setattr(self.object(owner), name, value)
        return Outcome()

    def state(self, path):
        return {
            f".{name}": value
            for name, value in vars(self.object(path)).items()
            if isinstance(value, np.ndarray | float | int | str)
        }

    def object(self, path):
        first, *rest = re.findall(r"@\d+|\[[^\]]+\]|[^.\[\]]+", path)
        value = self.things[first] if first.startswith("@") else self.names[first]
        for part in rest:
            if part.startswith("["):
                value = value[ast.literal_eval(part[1:-1])]
            else:
                private = f"_{type(value).__name__}{part}"  # as Python keeps `__sigmoid`
                value = getattr(value, private if hasattr(value, private) else part)
        return value

    def wire(self, value):
        if value is None or isinstance(value, int | float | str | np.ndarray | np.generic):
            return value.item() if isinstance(value, np.generic) else value
        if isinstance(value, list | tuple):
            return type(value)(self.wire(part) for part in value)
        if isinstance(value, dict):
            return {name: self.wire(part) for name, part in value.items()}
        handle = f"@{len(self.things)}"
        self.things[handle] = value
        return Thing(handle, type(value).__name__)


@pytest.fixture
def judged():
    """Every finding in a source."""

    def check(source):
        text = "import math\nimport numpy as np\n" + textwrap.dedent(source)
        return check_functions(Loaded(text), definitions(ast.parse(text), "source.py"))

    return check


@pytest.fixture
def found(judged):
    """The finding of a kind in a source; the last, where there are several."""

    def find(source, kind):
        checks = judged(source)
        of_kind = [check for check in checks if check.kind == kind]
        assert of_kind, f"no {kind} among {checks}"
        return of_kind[-1]

    return find
