"""Pieces of source, loaded in this process and judged."""

from __future__ import annotations

import ast
import textwrap
import types

import pytest

from helder.glass.check.elementary import check_functions
from helder.glass.check.reading.definitions import definitions
from helder.glass.check.sessions.here import Here


@pytest.fixture
def judged():
    """Every finding in a source."""

    def check(source):
        text = "import math\nimport numpy as np\n" + textwrap.dedent(source)
        module = types.ModuleType("given")
        exec(compile(text, "source.py", "exec"), vars(module))
        tree = ast.parse(text)
        return check_functions(Here(module), definitions(tree, "source.py"), tree)

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
