"""Whatever native training and prediction are given is checked first: sizes, types, blocks."""

from __future__ import annotations

import numpy as np
import pytest

from helder import Architecture
from helder.core import Network, Parameters
from helder.engine import Task
from helder.engine.choosing import native_is_here
from helder.learn import Adam

if not native_is_here():
    pytest.skip("no compiler, so no native engine", allow_module_level=True)

from helder.engine import _native
from helder.engine.encoding import encoded
from helder.engine.lowering import Loop
from helder.engine.native_engine import BLOCKS, LOOKED_AT, Compiled, masks
from helder.engine.program import looking_program, prediction_program, training_program
from helder.engine.trace import BATCH, Place, Step

ROWS, CAPACITY, AT_ONCE, INPUTS, OUTPUTS = 20, 8, 16, 3, 2
EPOCHS, UPDATES = 2, 3  # of 8, 8 and 4 rows
ARCHITECTURE = Architecture(INPUTS, (4,), OUTPUTS, dropout=0.2)
NETWORK = Network(ARCHITECTURE.layers, ARCHITECTURE.loss)


def rows(count=ROWS):
    """X, y, and what each row counts."""
    rng = np.random.default_rng(0)
    y = np.eye(OUTPUTS)[rng.integers(OUTPUTS, size=count)]
    return rng.normal(size=(count, INPUTS)), y, np.ones(count)


@pytest.fixture(scope="module")
def training():
    """A program of training."""
    parameters = Parameters.initial(NETWORK.layers, [np.random.default_rng(0)], float)
    task = Task(NETWORK, parameters, *rows(), Adam(), CAPACITY)
    return Compiled(training_program(task, np.dtype(float)))


@pytest.fixture(scope="module")
def looking():
    """A program that looks at held-out rows."""
    return Compiled(looking_program(NETWORK, AT_ONCE, np.dtype(float)))


@pytest.fixture(scope="module")
def predicting():
    """A program that predicts."""
    trace = prediction_program(NETWORK, AT_ONCE, np.dtype(float))
    trace.sizes.setdefault("statistics", 0)
    return Compiled(trace)


def trainer(training, **changed):
    """A trainer, some of whose arguments are changed."""
    X, y, weights = rows()
    arguments = {
        "program": training.program,
        "spaces": training.spaces(),
        "blocks": [training.number(name) for name in BLOCKS],
        "masks": masks(training.trace),
        "X": X,
        "y": y,
        "weights": weights,
        "seed": 1,
        "member": 0,
        "batch_size": CAPACITY,
    }
    return _native.DoubleTrainer(**arguments | changed)


def look_at(made, looking, **changed):
    """Gives a trainer rows to look at."""
    X, y, weights = rows(30)
    arguments = {
        "program": looking.program,
        "spaces": looking.spaces(),
        "blocks": [looking.number(name) for name in LOOKED_AT],
        "X": X,
        "y": y,
        "share": weights / 30,
    }
    made.look_at(**arguments | changed)


def epochs(made, training, **changed):
    """Trains, and returns the losses of the rows learnt from and of those looked at."""
    losses, val_losses = np.zeros(EPOCHS), np.zeros(EPOCHS)
    arguments = {
        "first": 0,
        "scalars": np.full((EPOCHS * UPDATES, training.sizes["scalars"]), 0.5),
        "patience": -1,
        "least": np.inf,
        "best": 0,
        "losses": losses,
        "val_losses": val_losses,
        "copied": [np.arange(5.0)],
        "into": [np.zeros((EPOCHS, 5))],
    }
    assert made.epochs(**arguments | changed) == EPOCHS
    return losses, val_losses


def test_what_fits_is_trained_looked_at_and_copied(training, looking):
    made, into = trainer(training), np.zeros((EPOCHS, 5))
    assert np.isnan(epochs(made, training)[1]).all()
    look_at(made, looking)
    losses, val_losses = epochs(made, training, into=[into])
    assert np.isfinite([losses, val_losses]).all()
    np.testing.assert_array_equal(into, [np.arange(5.0)] * EPOCHS)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"blocks": [0] * 5}, "the blocks"),
        ({"blocks": [0] * 7}, "the blocks"),
        ({"blocks": [0, 1, 2, 3, 4, 10_000]}, "a block"),
        ({"blocks": [-1, 1, 2, 3, 4, 5]}, "a block"),
        ({"masks": np.array([[-1, 4, 9, 0]])}, "a mask"),
        ({"masks": np.array([[0, -1, 9, 0]])}, "a mask"),
        ({"masks": np.array([[0, 10**6, 9, 0]])}, "a mask"),
        ({"masks": np.array([[2**62, 2**62, 9, 0]])}, "a mask"),
        ({"masks": np.array([[0, 4, -1, 0]])}, "a mask's share"),
        ({"masks": np.array([[0, 4, 65536, 0]])}, "a mask's share"),
        ({"masks": np.array([0, 4, 9, 0])}, "the table of masks"),
        ({"masks": np.array([[0, 4, 9]])}, "the table of masks"),
        ({"X": np.zeros(ROWS * INPUTS)}, "the rows"),
        ({"y": np.zeros(ROWS)}, "the rows"),
        ({"y": np.zeros((ROWS - 1, OUTPUTS))}, "the rows"),
        ({"X": np.zeros((0, INPUTS)), "y": np.zeros((0, OUTPUTS))}, "the rows"),
        ({"weights": np.ones(ROWS - 1)}, "the weights"),
        ({"X": np.zeros((ROWS, INPUTS + 1))}, "the inputs"),
        ({"y": np.zeros((ROWS, OUTPUTS + 1))}, "the targets"),
        ({"batch_size": 0}, "the rows of a batch"),
        ({"batch_size": -1}, "the rows of a batch"),
        ({"batch_size": CAPACITY + 1}, "the rows of a batch"),
        ({"spaces": []}, "the number of its spaces"),
    ],
)
def test_a_trainer_refuses_what_does_not_fit_its_program(changed, says, training):
    with pytest.raises(ValueError, match=says):
        trainer(training, **changed)


def test_a_trainer_refuses_blocks_of_another_size_than_theirs(training):
    for name, other in (("share", "loss"), ("loss", "theta"), ("X", "loss"), ("y", "loss")):
        names = [other if one == name else one for one in BLOCKS]
        with pytest.raises(ValueError, match=r"the (shares|inputs|targets)"):
            trainer(training, blocks=[training.number(one) for one in names])


@pytest.mark.parametrize("name", ["X", "y", "weights"])
def test_arrays_of_another_type_or_order_are_refused(name, training):
    given = dict(zip(("X", "y", "weights"), rows(), strict=True))[name]
    for wrong in (given.astype(np.float32), np.repeat(given, 2, axis=0)[::2]):
        with pytest.raises(TypeError):
            trainer(training, **{name: wrong})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"scalars": np.zeros(EPOCHS * UPDATES - 1)}, "the scalars"),
        ({"scalars": np.zeros((EPOCHS * UPDATES + 1, 3))}, "the scalars"),
        ({"scalars": np.zeros(0)}, "the scalars"),
        ({"val_losses": np.zeros(EPOCHS + 1)}, "the losses"),
        ({"val_losses": np.zeros(0)}, "the losses"),
        ({"into": []}, "the losses"),
        ({"copied": []}, "the losses"),
        ({"into": [np.zeros((EPOCHS, 4))]}, "the copies"),
        ({"into": [np.zeros(5)]}, "the copies"),
        ({"into": [np.zeros((EPOCHS + 1, 5))]}, "the copies"),
    ],
)
def test_epochs_refuse_records_of_another_length(changed, says, training):
    made = trainer(training)
    with pytest.raises(ValueError, match=says):
        epochs(made, training, **changed)
    assert np.isfinite(epochs(made, training)[0]).all()


HELD_OUT = [
    ({"blocks": [0, 1, 2]}, "the blocks"),
    ({"blocks": [0, 1, 2, 99]}, "a block"),
    ({"X": np.zeros((30, INPUTS + 1))}, "the columns"),
    ({"X": np.zeros((30, INPUTS - 1))}, "the columns"),
    ({"y": np.zeros((30, OUTPUTS + 1))}, "the columns"),
    ({"X": np.zeros((0, INPUTS)), "y": np.zeros((0, OUTPUTS))}, "the rows"),
    ({"y": np.zeros((29, OUTPUTS))}, "the rows"),
    ({"X": np.zeros(30 * INPUTS)}, "the rows"),
    ({"share": np.ones(29)}, "the weights"),
    ({"share": np.ones((30, 2))}, "the weights"),
]


@pytest.mark.parametrize(("changed", "says"), HELD_OUT)
def test_held_out_rows_that_do_not_fit_are_refused_and_leave_no_trace(
    changed, says, training, looking
):
    made = trainer(training)
    with pytest.raises(ValueError, match=says):
        look_at(made, looking, **changed)
    assert np.isnan(epochs(made, training)[1]).all()


def test_the_loss_of_held_out_rows_is_one_number(training, looking):
    blocks = [looking.number(name) for name in (*LOOKED_AT[:3], "theta")]
    with pytest.raises(ValueError, match="the loss"):
        look_at(trainer(training), looking, blocks=blocks)


def predict(compiled, **changed):
    """Predicts, and returns the result."""
    arguments = {
        "program": compiled.program,
        "spaces": compiled.spaces(),
        "X": compiled.number("X"),
        "z": compiled.number("z"),
        "rows": np.zeros((30, INPUTS)),
        "into": np.full((30, OUTPUTS), np.nan),
    } | changed
    _native.predict(**arguments)
    return arguments["into"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"X": -1}, "a block"),
        ({"z": 99}, "a block"),
        ({"z": 0}, "the columns"),  # theta
        ({"rows": np.zeros((30, INPUTS + 1))}, "the columns"),
        ({"rows": np.zeros((0, 2**40)), "into": np.zeros((0, OUTPUTS))}, "the columns"),
        ({"rows": np.zeros((29, INPUTS))}, "the rows"),
        ({"rows": np.zeros(30 * INPUTS)}, "the rows"),
        ({"into": np.zeros((30, OUTPUTS - 1))}, "the columns"),
        ({"into": np.zeros(30 * OUTPUTS)}, "the rows"),
    ],
)
def test_a_prediction_refuses_what_does_not_fit_its_program(changed, says, predicting):
    assert np.isfinite(predict(predicting)).all()
    with pytest.raises(ValueError, match=says):
        predict(predicting, **changed)


ALL_OF_Z = Place("z", 0, AT_ONCE, OUTPUTS)


@pytest.mark.parametrize(
    "step",
    [
        Step("sum_rows", Place("W", 0, 1, INPUTS), (Place("X", 0, AT_ONCE, INPUTS),)),
        Step("sum_rows", Place("W", 0, 1, 1), (Place("X", INPUTS + 1, BATCH, 1, apart=2),)),
        Loop(ALL_OF_Z.shape, (Step("copy", ALL_OF_Z, (0.5,)),), 0),
    ],
    ids=["all rows", "from the second row on", "a result of all rows"],
)
def test_a_program_goes_no_further_than_the_rows_of_a_smaller_batch(step):
    sizes = {"X": AT_ONCE * INPUTS, "z": AT_ONCE * OUTPUTS, "W": INPUTS}
    found = encoded([step], sizes)
    program = _native.Program(
        found.steps, found.operands, found.values, list(sizes.values()), AT_ONCE
    )
    spaces = [np.zeros(size) for size in sizes.values()]
    _native.run(program, spaces, 1)  # whose spaces have room for all
    with pytest.raises(ValueError, match="the rows of a smaller batch"):
        _native.predict(program, spaces, 0, 1, np.zeros((1, INPUTS)), np.zeros((1, OUTPUTS)))
