"""Automatic differentiation by hand is judged operation by operation, in the ways people write it.

The files in `engines` are right, and so are those that networks stand on; each wrong one is one of
them with a single change.
"""

from __future__ import annotations

import ast
import types
from pathlib import Path

import pytest
from styles_read import style

from helder.glass.check.elementary import check_functions
from helder.glass.check.reading.definitions import definitions
from helder.glass.check.sessions.here import Here

DEFINED = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)

ENGINES = Path(__file__).parent / "engines"
WITH_NETWORKS = {
    "numbers": "numbers_with_their_gradients",
    "sources": "arrays_with_their_gradients",
    "recursive": "nodes_of_a_graph",
}


def written(name):
    """An engine's file up to the loop that trains a network on it."""
    text = style(WITH_NETWORKS[name]) if name in WITH_NETWORKS else ""
    text = text or (ENGINES / f"{name}.py").read_text("utf-8")
    kept = [node for node in ast.parse(text).body if isinstance(node, DEFINED)]
    last = max(node.end_lineno for node in kept)
    return "".join(text.splitlines(keepends=True)[:last])


def operations(name, old="", new=""):
    """The findings of a style's operations, the lines `old` of it replaced by `new`."""
    text = written(name)
    assert old in text
    text = text.replace(old, new, 1)
    module = types.ModuleType("given")
    exec(compile(text, "engine.py", "exec"), vars(module))
    tree = ast.parse(text)
    found = check_functions(Here(module), definitions(tree, "engine.py"), tree)
    return {one.name: one for one in found if one.kind == "operation"}


@pytest.mark.parametrize(
    ("style", "names"),
    [
        ("numbers", "Number.__add__ Number.__mul__ Number.__pow__ Number.relu Number.tanh"),
        ("arrays", "Tensor.__add__ Tensor.__matmul__ Tensor.sum Tensor.mean Tensor.log_softmax"),
        ("sources", "add mul neg matmul tanh tensor_sum"),
        ("overwriting", "Tensor.__matmul__ Tensor.sigmoid"),
        ("function_classes", "Add.backward Dot.backward ReLU.backward LogSoftmax.backward"),
        ("recursive", "Node.__add__ Node.__sub__ Node.__mul__ Node.sigmoid"),
        ("creators", "Add.backward Mul.backward MatMul.backward Sigmoid.backward"),
    ],
)
def test_every_operation_of_a_right_engine_is_found_right(style, names):
    found = operations(style)
    assert {name: one.verdict for name, one in found.items() if one.verdict != "ok"} == {}
    assert set(names.split()) <= set(found)


WRONG = [
    ("numbers", "(1 - t**2) * squashed.grad", "(1 - t) * squashed.grad", "derivative-formula"),
    ("numbers", "(1 - t**2) * squashed.grad", "(1 - x**2) * squashed.grad", "derivative-a-given-z"),
    ("numbers", "(1 - t**2)", "t * (1 - t)", "derivative-of-another-activation"),
    ("numbers", "(kept.data > 0)", "(kept.data > 1)", "relu-slope-threshold"),
    ("numbers", "self.grad += other.data", "self.grad = other.data", "gradient-not-accumulated"),
    ("numbers", "            other.grad += self.data * product.grad\n", "", "gradient-zero"),
    ("numbers", "(1 - t**2) * squashed.grad", "(1 - t**2)", "derivative-formula"),
    ("numbers", "in reversed(order)", "in order", "backward-order"),
    ("arrays", "out.grad @ other.data.T", "out.grad @ other.data", "weights-not-transposed"),
    ("arrays", "+= unbroadcast(out.grad, other.data.shape)", "= out.grad", "bias-shape-grows"),
    ("arrays", "out.grad / self.data.size", "out.grad", "gradient-scale"),
    ("arrays", "+= s * (1 - s) * out.grad", "= s * (1 - s) * out.grad", "gradient-not-accumulated"),
    ("sources", "self.grad.data + arriving.data", "arriving.data", "gradient-not-accumulated"),
    ("function_classes", "gx[x < 0] = 0", "gx[x > 0] = 0", "derivative-formula"),
    ("function_classes", "g if p.grad is None else p.grad + g", "g", "gradient-not-accumulated"),
    ("creators", "gy * y * (1 - y)", "gy * (1 - y)", "derivative-formula"),
    ("recursive", "return (1.0, -1.0)", "return (1.0, 1.0)", "derivative-formula"),
]


@pytest.mark.parametrize(("style", "old", "new", "cause"), WRONG)
def test_a_mistake_in_an_engine_is_named_with_the_operation_that_it_is_in(style, old, new, cause):
    found = operations(style, old, new)
    assert [one.causes for one in found.values() if one.verdict != "ok"] == [(cause,)]


def test_a_logarithm_that_is_kept_from_zero_is_right_where_it_is_one():
    kept = "np.log(np.clip(self.data, 1e-7, None))"
    found = operations("arrays", "np.log(self.data)", kept)
    assert found["Tensor.log"].verdict == "ok"


def test_what_was_seen_is_told_with_numbers():
    found = operations("numbers", "(1 - t**2) * squashed.grad", "(1 - t) * squashed.grad")
    assert "tanh(-3.2) sends back is 1.997, right is 0.006624" in found["Number.tanh"].evidence


def test_an_engine_that_cannot_be_asked_to_go_back_is_not_called_wrong(monkeypatch):
    text = written("sources").replace("requires_grad", "learns")  # a word that nobody knows
    monkeypatch.setitem(globals(), "written", lambda name: text)
    assert [one for one in operations("sources").values() if one.verdict == "wrong"] == []
