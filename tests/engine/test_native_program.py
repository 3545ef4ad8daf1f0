"""A program that reaches the native engine is checked first: whatever it says, memory is safe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helder import Architecture
from helder.core import Network, Parameters
from helder.core.fronts import Periodic
from helder.engine import Task
from helder.engine.choosing import native_is_here
from helder.engine.lowering import Loop
from helder.engine.task import Update
from helder.engine.trace import BATCH, Place, Step, Trace
from helder.learn import Adam

if not native_is_here():
    pytest.skip("no compiler, so no native engine", allow_module_level=True)

from helder.engine import _native
from helder.engine.encoding import KINDS, encoded
from helder.engine.fusing import FusedAdam, FusedProduct, fused
from helder.engine.native_engine import Compiled
from helder.engine.program import training_program

ROWS = 8


@pytest.fixture(scope="module")
def compiled():
    """The program of a small network with every kind of step and of operand."""
    how = {"dropout": 0.2, "normalisation": "layer", "l2": 0.1, "parametrisation": "ntk"}
    architecture = Architecture(3, (4, 2), 3, **how, front=(Periodic(3, 2, waves=3, size=2),))
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


COLUMNS = ("constant", "space", "start", "rows", "cols", "transposed", "ld", "groups", "step")
# Two matrices of 4 rows and 3 columns: 5 numbers from row to row, 19 to the other, 37 in all.
LEFT = Place("A", 0, 4, 3, apart=5, groups=2, step=19)
RIGHT = Place("B", 0, 3, 2, groups=2, step=6)
RESULT = Place("C", 0, 4, 2, groups=2, step=8)
SIZES = {"A": 40, "B": 12, "C": 16}
PRODUCT = Step("matmul", RESULT, (LEFT, RIGHT))


def made(steps, sizes, changed=None, capacity=ROWS, **columns):
    """A program of these steps, after other numbers came into the columns of one operand."""
    found = encoded(list(steps), sizes)
    if changed is not None:
        ((row,),) = (found.operands == row_of(changed, list(sizes))).all(axis=1).nonzero()
        for column, value in columns.items():
            found.operands[row, COLUMNS.index(column)] = value
    return _native.Program(
        found.steps, found.operands, found.values, list(sizes.values()), capacity
    )


def row_of(place, names):
    """A place as the table of operands has it."""
    space = names.index(place.space) if place.space in names else -1
    shape = place.rows, place.cols, int(place.transposed)
    return [0, space, place.start, *shape, place.distance, place.groups, place.step]


@pytest.mark.parametrize(
    ("says", "changes"),
    [
        ("a distance of rows", {"ld": [2, 0, -1, -(2**62), 2**31 + 1, 2**62]}),
        ("how many matrices", {"groups": [0, -1, -(2**62), 2**31 + 1, 2**62]}),
        ("a distance of matrices", {"step": [-1, -(2**62), 2**31 + 1, 2**62]}),
        ("a start", {"start": [-1, 41, -(2**62), 2**62]}),
        ("a shape", {"rows": [-2, 2**31 + 1, 2**62], "cols": [-1, 2**31 + 1, 2**62]}),
        ("a space", {"space": [3, 2**31, 2**62]}),
        ("an end", {"ld": [7, 2**31], "groups": [3, 2**31], "step": [23, 2**31]}),
        ("an end", {"start": [4, 40], "rows": [5, BATCH, 2**31]}),
    ],
)
def test_an_operand_stays_inside_its_space(says, changes):
    for column, values in changes.items():
        for value in values:
            with pytest.raises(ValueError, match=says):
                made([PRODUCT], SIZES, LEFT, **{column: value})


@pytest.mark.parametrize("last", [{"ld": 6}, {"step": 22}, {"start": 3}, {"ld": 5, "groups": 2}])
def test_an_operand_may_reach_the_end_of_its_space(last):
    assert made([PRODUCT], SIZES, LEFT, **last)


def test_extents_are_counted_without_running_over():
    with pytest.raises(ValueError, match="an end"):
        made([PRODUCT], SIZES, LEFT, ld=2**31, groups=2**31, step=2**31)
    with pytest.raises(ValueError, match="an end"):
        made([PRODUCT], SIZES, LEFT, rows=2**31, ld=2**31, groups=2**31, step=2**31)


@pytest.mark.parametrize("changed", [LEFT, RIGHT, RESULT])
def test_a_product_is_of_as_many_matrices_on_each_side(changed):
    with pytest.raises(ValueError, match="a product's matrices"):
        made([PRODUCT], SIZES, changed, groups=1)


def test_many_matrices_are_multiplied_and_nothing_else():
    row = Place("B", 0, 1, 2)
    for step, says in (
        (FusedProduct(RESULT, LEFT, RIGHT, bias=row), "what many products do besides"),
        (FusedProduct(RESULT, LEFT, RIGHT, mask=RESULT), "what many products do besides"),
        (Step("sum_rows", Place("B", 0, 1, 3), (LEFT,)), "a sum"),
        (Step("max_cols", replace(RESULT, cols=1, apart=1), (Place("A", 0, 4, 5),)), "a sum"),
        (Loop((4, 2), (Step("exp", RESULT, (RESULT,)),), 0), "operand of a loop"),
    ):
        with pytest.raises(ValueError, match=says):
            made([step], SIZES)


def test_a_loop_passes_over_registers_no_longer_than_the_longest_space():
    out = Place("A", 0, 4, 5)
    shape, loop = Place("registers", 0, 4, 5), Loop((4, 5), (Step("exp", out, (out,)),), 0)
    assert made([loop], SIZES)
    for column, value, says in (
        ("constant", 1, "a loop's shape"),
        ("space", 0, "a loop's shape"),
        ("rows", 2**31, "a register"),
        ("cols", 2**31, "a register"),
        ("start", 1000, "a register"),
    ):
        with pytest.raises(ValueError, match=says):
            made([loop], SIZES, shape, **{column: value})


def filled(sizes, dtype):
    """Numbers for each space."""
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=size).astype(dtype) for name, size in sizes.items()}


def seen(spaces, place, rows):
    """The array or arrays at a place, as a view: (rows, cols), or (groups, rows, cols)."""
    numbers = spaces[place.space][place.start :]
    rows = rows if place.rows == BATCH else place.rows
    shape, far = (rows, place.cols), (place.distance, 1)
    if place.groups > 1:
        shape, far = (place.groups, *shape), (place.step, *far)
    view = np.lib.stride_tricks.as_strided(numbers, shape, [n * numbers.itemsize for n in far])
    return np.swapaxes(view, -1, -2) if place.transposed else view


def ran(steps, spaces, rows):
    """What the spaces hold after a run over so many rows."""
    sizes = {name: array.size for name, array in spaces.items()}
    after = {name: array.copy() for name, array in spaces.items()}
    _native.run(made(steps, sizes, capacity=40), list(after.values()), rows)
    return after


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("cols", [1, 3, 16, 300])  # some blocks end within a row, some rows in one
@pytest.mark.parametrize("rows", [0, 1, 7, 40])
def test_a_loop_over_parts_of_wider_arrays_touches_these_alone(cols, rows, dtype):
    wide = cols + 5
    into, other = Place("A", 2, BATCH, cols, apart=wide), Place("B", 3, BATCH, cols, apart=wide)
    column, row = Place("B", 1, BATCH, 1, apart=wide), Place("C", 4, 1, cols, apart=wide)
    register = Place("registers", 0, BATCH, cols)
    steps = (
        Step("multiply", register, (other, column)),
        Step("add", register, (register, row)),
        Step("subtract", into, (register, 0.5)),
    )
    spaces = filled({"A": 40 * wide, "B": 40 * wide, "C": 2 * wide}, dtype)
    after = ran([Loop(into.shape, steps, 1)], spaces, rows)
    expected = {name: array.copy() for name, array in spaces.items()}
    a, b, c = (seen(expected, place, rows) for place in (other, column, row))
    seen(expected, into, rows)[...] = a * b + c - np.asarray(0.5, dtype)
    for name in spaces:
        np.testing.assert_array_equal(after[name], expected[name])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("turned", ["neither", "left", "right"])
@pytest.mark.parametrize(
    ("rows", "inner", "cols"), [(1, 4, 2), (7, 1, 5), (20, 3, 1), (40, 40, 33)]
)
def test_many_products_are_one_for_each_matrix(rows, inner, cols, turned, dtype):
    n = 3

    def place(space, height, width, transposed=False):
        """One for each group of columns, as `by_feature` lays them."""
        height, width = (width, height) if transposed else (height, width)
        return Place(space, 5, height, width, transposed, n * width + 2, n, width)

    a, b = place("A", rows, inner, turned == "left"), place("B", inner, cols, turned == "right")
    out = place("C", rows, cols)
    spaces = filled(dict.fromkeys(("A", "B", "C"), 5 + 40 * (n * 40 + 2)), dtype)
    after = ran([Step("matmul", out, (a, b))], spaces, 0)
    expected = spaces["C"].copy()
    found = seen({"C": expected}, out, 0)
    found[...] = np.matmul(seen(spaces, a, 0), seen(spaces, b, 0))
    tolerance = 1e-5 if dtype == "float32" else 1e-13
    np.testing.assert_allclose(after["C"], expected, rtol=tolerance, atol=tolerance)
    np.copyto(found, seen(after, out, 0))
    np.testing.assert_array_equal(after["C"], expected)  # what lies between stays as it was


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 7, 16, 33])
def test_adam_with_a_rate_of_each_parameter_is_its_steps_one_by_one(size, dtype):
    trace = Trace(1, np.dtype(dtype))
    theta, dtheta, factors = (trace.symbol(name, 1, size) for name in ("theta", "g", "factors"))
    state = {name: trace.symbol(name, 1, size) for name in ("m", "v")}
    rate = trace.scalar("rate") * factors
    Adam().update(theta, dtheta, state, Update(rate, trace.scalar("t"), None))
    together = fused(trace.steps, 1)
    (update,) = (step for step in together if isinstance(step, FusedAdam))
    assert update.rate.cols == size
    apart = [Loop(step.out.shape, (step,), 0) for step in trace.steps]
    looped = [one if one is update else Loop(one.out.shape, (one,), 0) for one in together]
    spaces = filled(trace.sizes | {"scalars": len(trace.scalars)}, dtype)
    known = {"rate": 0.1, "t": 3.0}
    spaces["scalars"][:] = [scalar.value(known) for scalar in trace.scalars]
    spaces["v"] = np.abs(spaces["v"])
    first, second = (ran(steps, spaces, 1) for steps in (apart, looped))
    for name in ("theta", "m", "v"):
        tolerance = 1e-6 if dtype == "float32" else 1e-14
        np.testing.assert_allclose(second[name], first[name], rtol=tolerance, atol=tolerance)


def test_a_rate_is_one_number_or_as_long_as_theta():
    theta, gradient, m, v = (Place("theta", 10 * k, 1, 10) for k in range(4))
    corrections = tuple(Place("scalars", k, 1, 1) for k in (0, 1))
    sizes = {"theta": 40, "scalars": 20}
    for rate, fits in (
        (Place("scalars", 2, 1, 1), True),
        (Place("scalars", 2, 1, 10), True),
        (Place("scalars", 2, 1, 9), False),
        (Place("scalars", 2, 10, 1), False),
        (0.1, False),
    ):
        update = FusedAdam(theta, gradient, m, v, rate, corrections, 0.9, 0.999, 1e-8)
        if fits:
            assert made([update], sizes)
        else:
            with pytest.raises(ValueError, match=r"a rate of Adam|an array"):
                made([update], sizes)
