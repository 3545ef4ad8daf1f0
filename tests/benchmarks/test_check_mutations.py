"""Single-bug variants of correct networks: each edit is what it says, and nothing else changes."""

import ast
import difflib
import sys
import tomllib
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks" / "check"))

from mutations import variants
from mutations.operators import OPERATORS

from helder.glass.check.causes import CAUSES

CORPUS = Path(__file__).parents[2] / "benchmarks" / "check"

SAID = tomllib.loads((Path(__file__).parent / "check_mutations.toml").read_text())
EDITS = [(name, *edit.values()) for name, told in SAID.items() for edit in told["edits"]]


@cache
def all_of(source: str) -> list:
    return [*variants(source)]


def changed(source: str, cause: str, operator: str) -> tuple[list[str], list[str]]:
    """Of the first variant by an operator the lines that went and those that came."""
    texts = [v.source for v in all_of(source) if (v.cause, v.operator) == (cause, operator)]
    diff = [*difflib.ndiff(source.splitlines(), texts[0].splitlines())]
    gone = [line[2:].strip() for line in diff if line.startswith("- ")]
    return gone, [line[2:].strip() for line in diff if line.startswith("+ ")]


@pytest.mark.parametrize(("name", "cause", "operator", "lines"), EDITS)
def test_an_edit_is_what_it_says_and_the_rest_stays(name, cause, operator, lines):
    gone, come = changed(SAID[name]["source"], cause, operator)
    assert come == lines
    assert len(gone) <= max(len(lines), 1)


def test_a_variant_says_where_it_was_made():
    found = next(
        v for v in variants(SAID["rows"]["source"]) if v.cause == "softmax-derivative-twice"
    )
    assert SAID["rows"]["source"].splitlines()[found.line - 1].strip() == "dZ2 = self.A2 - Y"


def test_an_edit_without_effect_makes_no_variant():
    source = dedent("""
        import numpy as np

        def relu_derivative(x):
            x = np.where(x > 0, 1, 0)
            return np.where(x > 0, 1, 0)

        def softmax(z):
            return np.exp(z) / np.sum(np.exp(z))
    """)
    causes = {v.cause for v in variants(source)}
    assert not causes & {"softmax-whole-matrix", "softmax-axis", "softmax-unstable"}
    assert "relu-slope-threshold" in causes


def test_the_slope_of_relu_is_given_z_or_a_as_one_likes():
    source = SAID["errors"]["source"].replace("sigmoid", "relu")
    source = source.replace("1 / (1 + np.exp(-x))", "np.maximum(0, x)")
    source = source.replace("s * (1 - s)", "np.where(s > 0, 1, 0)")
    causes = {v.cause for v in variants(source)}
    assert not causes & {"derivative-z-given-a", "derivative-a-given-z"}


def test_a_bias_cannot_grow_where_it_is_updated_in_place():
    in_place = SAID["rows"]["source"].replace("self.b2 = self.b2 -", "self.b2 -=")
    assert "bias-shape-grows" not in {v.cause for v in variants(in_place)}


@pytest.mark.parametrize(
    "name", ["known/06_class_activation_by_name.py", "fresh/18_iris_assignment.py"]
)
def test_variants_of_a_whole_file_parse_differ_and_are_each_another(name):
    source = (CORPUS / name).read_text()
    found = [*variants(source)]
    for variant in found:
        assert variant.source != source
        if variant.cause != "python-2":
            ast.parse(variant.source)
    assert len({v.source for v in found}) == len(found) > 20


def test_every_operator_stands_among_the_edits():
    told = {(cause, operator.removesuffix(" (option)")) for _, cause, operator, _ in EDITS}
    made = {(o.cause, o.name.removesuffix(" (option)")) for o in OPERATORS}
    assert made == told


def test_every_cause_of_an_operator_has_a_verdict():
    assert {operator.cause for operator in OPERATORS} <= {*CAUSES}


def test_what_an_edit_writes_is_in_the_names_of_the_file():
    source = SAID["rows"]["source"].replace("numpy as np", "numpy").replace("np.", "numpy.")
    assert not [v.source for v in variants(source) if "np." in v.source]
