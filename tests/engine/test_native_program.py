"""A program that reaches the native engine is checked first: whatever it says, memory is safe."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helder import Architecture
from helder.core import Network, Parameters
from helder.engine import Task
from helder.engine.choosing import native_is_here
from helder.learn import Adam

if not native_is_here():
    pytest.skip("no compiler, so no native engine", allow_module_level=True)

from helder.engine import _native
from helder.engine.encoding import KINDS
from helder.engine.native_engine import Compiled
from helder.engine.program import training_program

ROWS = 8


@pytest.fixture(scope="module")
def compiled():
    """The program of a small network with every kind of step."""
    architecture = Architecture(3, (4, 2), 3, dropout=0.2, normalisation="layer", l2=0.1)
    network = Network(architecture.layers, architecture.loss)
    parameters = Parameters.initial(network.layers, [np.random.default_rng(0)], float)
    X, y, weights = np.zeros((ROWS, 3)), np.eye(3)[np.zeros(ROWS, int)], np.ones(ROWS)
    task = Task(network, parameters, X, y, weights, Adam(), ROWS, clip_norm=1.0)
    return Compiled(training_program(task, np.dtype(float)))


def run(compiled, steps, operands, values, rows=ROWS, capacity=ROWS):
    """Builds a program from tables and runs it once over zeros."""
    sizes = list(compiled.sizes.values())
    program = _native.Program(steps, operands, values, sizes, capacity)
    _native.run(program, compiled.spaces(), rows)


def tables(compiled):
    found = compiled.tables
    return found.steps.copy(), found.operands.copy(), found.values.copy()


def test_the_program_as_it_is_runs(compiled):
    run(compiled, *tables(compiled))


HOSTILE = st.sampled_from([-(2**62), -2, -1, 0, 1, 2, 3, 5, 7, 9, 31, 64, 10_000, 2**40, 2**62])
CHANGES = st.lists(
    st.tuples(st.sampled_from(["steps", "operands"]), st.integers(0, 10**6), HOSTILE),
    min_size=1,
    max_size=4,
)


@given(CHANGES)
@settings(
    max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_program_with_other_numbers_in_it_runs_or_is_refused(compiled, changes):
    steps, operands, values = tables(compiled)
    for table, place, value in changes:
        chosen = steps if table == "steps" else operands
        chosen.flat[place % chosen.size] = value
    refusal = ""
    try:
        run(compiled, steps, operands, values)
    except ValueError as error:
        refusal = str(error)
    assert refusal == "" or refusal.startswith("a program that cannot be run")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda c: run(c, *tables(c), rows=ROWS + 1), "rows of a batch"),
        (lambda c: run(c, *tables(c), rows=-1), "rows of a batch"),
        (lambda c: run(c, *tables(c), capacity=ROWS + 1), "an end"),
        (lambda c: run(c, *tables(c), capacity=0), "rows of a batch"),
        (lambda c: run(c, tables(c)[0][:-1], *tables(c)[1:]), "Adam|a loop"),
    ],
)
def test_what_does_not_fit_is_named(compiled, wrong, says):
    with pytest.raises(ValueError, match=says):
        wrong(compiled)


def test_spaces_of_another_size_or_type_are_refused(compiled):
    sizes = list(compiled.sizes.values())
    program = _native.Program(*tables(compiled), sizes, ROWS)
    short = compiled.spaces()
    short[0] = short[0][:-1].copy()
    with pytest.raises(ValueError, match="size of a space"):
        _native.run(program, short, ROWS)
    with pytest.raises(ValueError, match="number of its spaces"):
        _native.run(program, compiled.spaces()[:-1], ROWS)
    with pytest.raises(TypeError):
        _native.run(program, [space.astype(int) for space in compiled.spaces()], ROWS)


def test_a_gradient_of_cross_entropy_is_as_wide_as_z_whatever_it_shares_its_number_with(compiled):
    steps, operands, values = tables(compiled)
    entropy = steps[steps[:, 0] == KINDS.index("cross_entropy")][0]
    where = (steps == entropy).all(axis=1)
    steps[where, 2] = entropy[5]  # the gradient goes to the column of shares
    with pytest.raises(ValueError, match="a cross-entropy"):
        run(compiled, steps, operands, values)
