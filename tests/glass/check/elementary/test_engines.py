"""Automatic differentiation by hand is judged operation by operation, in the ways people write it.

The files in `engines` are right; each wrong one is one of them with a single change.
"""

from __future__ import annotations

import ast
import types
from pathlib import Path

import pytest

from helder.glass.check.elementary import check_functions
from helder.glass.check.reading.definitions import definitions
from helder.glass.check.sessions.here import Here

ENGINES = Path(__file__).parent / "engines"


def operations(style, old="", new=""):
    """The findings of a style's operations, the lines `old` of it replaced by `new`."""
    text = (ENGINES / f"{style}.py").read_text("utf-8")
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
        ("numbers", "Value.__add__ Value.__mul__ Value.__pow__ Value.relu Value.tanh Value.exp"),
        ("arrays", "Tensor.__add__ Tensor.__matmul__ Tensor.sum Tensor.mean Tensor.log_softmax"),
        ("dependencies", "_add _mul _neg _matmul tanh tensor_sum"),
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
    ("numbers", "(1 - t**2) * out.grad", "(1 - t) * out.grad", "derivative-formula"),
    ("numbers", "(1 - t**2) * out.grad", "(1 - x**2) * out.grad", "derivative-a-given-z"),
    ("numbers", "(1 - t**2)", "t * (1 - t)", "derivative-of-another-activation"),
    ("numbers", "(out.data > 0)", "(out.data > 1)", "relu-slope-threshold"),
    ("numbers", "self.grad += other.data", "self.grad = other.data", "gradient-not-accumulated"),
    ("numbers", "            other.grad += self.data * out.grad\n", "", "gradient-zero"),
    ("numbers", "(1 - t**2) * out.grad", "(1 - t**2)", "derivative-formula"),
    ("numbers", "in reversed(topo)", "in topo", "backward-order"),
    ("arrays", "out.grad @ other.data.T", "out.grad @ other.data", "weights-not-transposed"),
    ("arrays", "+= unbroadcast(out.grad, other.data.shape)", "= out.grad", "bias-shape-grows"),
    ("arrays", "out.grad / self.data.size", "out.grad", "gradient-scale"),
    ("arrays", "+= s * (1 - s) * out.grad", "= s * (1 - s) * out.grad", "gradient-not-accumulated"),
    ("dependencies", "self.grad.data + grad.data", "grad.data", "gradient-not-accumulated"),
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
    found = operations("numbers", "(1 - t**2) * out.grad", "(1 - t) * out.grad")
    assert "tanh(-3.2) sends back is 1.997, right is 0.006624" in found["Value.tanh"].evidence
