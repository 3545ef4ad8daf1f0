"""Notes on versions: names that this NumPy no longer has."""

from __future__ import annotations

import ast
import functools
import warnings
from collections.abc import Iterator

import numpy as np

from helder.glass.check.notes.scopes import Scope, full, imported, own_nodes
from helder.text import say

# What was in NumPy 1 and is gone, or goes, and what does the same.
NOW = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "object": "object",
    "str": "str",
    "complex": "complex",
    "long": "int",
    "unicode": "str",
    "bool8": "np.bool",
    "int0": "np.intp",
    "uint0": "np.uintp",
    "float_": "np.float64",
    "complex_": "np.complex128",
    "unicode_": "np.str_",
    "string_": "np.bytes_",
    "longfloat": "np.longdouble",
    "Inf": "np.inf",
    "Infinity": "np.inf",
    "infty": "np.inf",
    "PINF": "np.inf",
    "NINF": "-np.inf",
    "NaN": "np.nan",
    "NAN": "np.nan",
    "PZERO": "0.0",
    "NZERO": "-0.0",
    "asfarray": "np.asarray(..., dtype=float)",
    "asscalar": "a.item()",
    "product": "np.prod",
    "cumproduct": "np.cumprod",
    "alltrue": "np.all",
    "sometrue": "np.any",
    "mat": "np.asmatrix",
    "row_stack": "np.vstack",
    "in1d": "np.isin",
    "trapz": "np.trapezoid",
    "round_": "np.round",
    "msort": "np.sort(..., axis=0)",
    "rank": "np.ndim",
    "alen": "len",
    "find_common_type": "np.result_type",
    "recfromcsv": "np.genfromtxt",
    "recfromtxt": "np.genfromtxt",
    "loads": "pickle.loads",
}


@functools.cache
def removed() -> frozenset[str]:
    """The names of `NOW` that the installed NumPy does not have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one that is about to go says so when it is touched
        return frozenset(name for name in NOW if not hasattr(np, name))


def removed_numpy_name(scope: Scope) -> Iterator[tuple[int, str]]:
    """The lines that use a name of an older NumPy, which the file does not put there itself."""
    theirs = given_back(scope.file)
    for statement in scope.statements:
        for node in own_nodes(statement):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = full(scope.file, node.value.id)
                if module == "numpy" and node.attr in removed() - theirs:
                    yield node.lineno, gone(node.attr)
        if isinstance(statement, ast.ImportFrom) and statement.module == "numpy":
            for one in statement.names:
                if one.name in removed():
                    yield statement.lineno, gone(one.name)


def gone(name: str) -> str:
    return say("check.removed_numpy_name", name=name, now=NOW[name], version=np.__version__)


def given_back(file: ast.Module) -> set[str]:
    """The names that a file puts into NumPy itself (`np.float = float`), or asks whether it has."""
    numpy = {name for name, module in imported(file).items() if module == "numpy"}
    found = set()
    for node in ast.walk(file):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found |= {node.attr} if getattr(node.value, "id", None) in numpy else set()
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("hasattr", "getattr"):
            found |= {str(a.value) for a in node.args if isinstance(a, ast.Constant)}
    return found
