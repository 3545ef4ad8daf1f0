"""An architecture: numbers that a person thinks in, and what follows from them."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, dataclass
from typing import ClassVar

import numpy as np
import pytest

from helder import Activation, Architecture, Hidden
from helder.core import Huber, Quantile, one_hot
from helder.core.embedding import Embed
from helder.core.fronts import Periodic, Scale
from helder.core.layers import Dense
from helder.core.losses import MeanSquaredError
from helder.core.parameters import trained
from helder.errors import ArgumentError, ShapeError

SWISH_2 = Activation("swish_2", lambda z: z / (1 + np.exp(-2 * z)), lambda z, a: a)


def test_layer_sizes_begin_with_the_inputs_and_end_with_the_outputs():
    assert Architecture(6, (3, 2), 3).layer_sizes == [6, 3, 2, 3]
    assert Architecture(6, (), 3).layer_sizes == [6, 3]


@pytest.mark.parametrize("hidden", [3, Hidden(3), (3,), [3], [Hidden(3)]])
def test_hidden_is_a_size_a_layer_or_several_of_them(hidden):
    assert Architecture(2, hidden, 2).layer_sizes == [2, 3, 2]


def test_the_summary_has_a_line_per_layer_with_the_shapes_of_its_weights():
    layers = Hidden(3, "tanh", dropout=0.25), Hidden(2, normalisation="batch")
    assert str(Architecture(6, layers, 4)) == (
        "layer   W       b       activation          parameters\n"
        "1       (6, 3)  (1, 3)  tanh, dropout 0.25          21\n"
        "2       (3, 2)  (1, 2)  batch norm, relu            12\n"
        "output  (2, 4)  (1, 4)  softmax                     12\n"
        "total                                               45"
    )


def test_the_summary_of_the_linear_model():
    lines = str(Architecture(1200, (), 1, output="linear")).splitlines()
    assert lines[1].split("  ")[:3] == ["output", "(1200, 1)", "(1, 1)"]
    assert [line.split()[-1] for line in lines] == ["parameters", "1,201", "1,201"]


def test_the_summary_counts_what_lies_in_front_and_what_the_bends_learn():
    architecture = Architecture(
        6, (4,), 3, parametric=True, front=(Periodic(6, 5, waves=2, size=1), Scale(11))
    )
    assert str(architecture) == (
        "layer     W        b       activation       parameters\n"
        "periodic                                            35\n"
        "scale                                               11\n"
        "1         (11, 4)  (1, 4)  parametric relu          52\n"
        "output    (4, 3)   (1, 3)  softmax                  15\n"
        "total                                              113"
    )
    assert trained(architecture.layers).size == 113


def test_a_hidden_layer_follows_the_architecture_in_what_it_does_not_say():
    described = Architecture(
        4, (3, Hidden(2, activation="relu", l2=0.0)), 2, activation="tanh", dropout=0.1, l2=0.5
    )
    first, second = described.hidden_layers
    assert (first.activation.name, first.dropout, first.l2) == ("tanh", 0.1, 0.5)
    assert (second.activation.name, second.dropout, second.l2) == ("relu", 0.1, 0.0)
    assert [layer.l2 for layer in described.layers if hasattr(layer, "l2")] == [0.5, 0.0, 0.5]


def test_the_first_weights_suit_the_activation_unless_told_otherwise():
    chosen = Architecture(4, (Hidden(3, "relu"), Hidden(3, "selu"), Hidden(3, "tanh")), 2)
    assert [layer.initialiser for layer in chosen.hidden_layers] == ["he", "lecun", "glorot"]
    told = Architecture(4, (Hidden(3, initialiser="normal"), 3), 2, initialiser="zeros")
    assert [layer.initialiser for layer in told.hidden_layers] == ["normal", "zeros"]
    assert told.layers[-1].initialiser == "zeros"


def test_a_layer_computes_sum_normalisation_bend_dropout_in_this_order():
    architecture = Architecture(4, (3,), 2, normalisation="batch", dropout=0.5)
    kinds = [type(layer).__name__ for layer in architecture.layers]
    assert kinds == ["Dense", "BatchNorm", "Activate", "Dropout", "Dense"]


def test_an_architecture_is_frozen():
    architecture = Architecture(2, [3], 2)
    with pytest.raises(FrozenInstanceError):
        architecture.inputs = 3
    with pytest.raises(FrozenInstanceError):
        architecture.hidden_layers[0].units = 4
    assert isinstance(architecture.hidden, tuple)  # the list that was given may change


ROUND_TRIPS = [
    Architecture(6, (3, 2), 3),
    Architecture(6, (), 3, l1=0.1),
    Architecture(2, (Hidden(3, "mish", 0.2, "layer", 0.1, 0.2, "normal"), 4), 1, output="sigmoid"),
    Architecture(2, (3,), 2, output=Huber(2.5), initialiser="zeros", normalisation="batch"),
    Architecture(2, (3,), 1, output=Quantile(0.9), dropout=0.3, l2=1e-3),
    Architecture(np.int64(2), (np.int64(3),), np.int32(2), dropout=np.float32(0.5)),
    Architecture(2, np.int64(3), 2),
    Architecture(4, (3, Hidden(2, parametric=True)), 2, parametrisation="ntk", front=[Scale(4)]),
    Architecture(
        4, (3,), 2, parametric=True, front=(Periodic(4, 3, 5, 2, 0.2, 0.3), Scale(10, 5.0))
    ),
    Architecture(6, (3,), 2, front=[Embed(6, [[1, 3], [np.int64(4), 6]], 2, 0.5), Scale(6)]),
]


@pytest.mark.parametrize("architecture", ROUND_TRIPS, ids=repr)
def test_to_json_and_back(architecture):
    text = json.dumps(architecture.to_dict())
    again = Architecture.from_dict(json.loads(text))
    assert again.layers == architecture.layers
    assert again.loss == architecture.loss
    assert again.to_dict() == architecture.to_dict()
    assert str(again) == str(architecture)


def test_what_the_first_descriptions_did_not_have_is_left_out_where_nobody_asked_for_it():
    described = Architecture(4, (3,), 2).to_dict()
    assert not {"front", "parametrisation"} & set(described)
    assert "parametric" not in described["hidden"][0]


@dataclass(frozen=True)
class CubedError(MeanSquaredError):
    """A loss of one's own, with a setting."""

    scale: float = 1.0
    name: ClassVar[str] = "cubed_error"


def test_formulas_of_your_own_travel_by_name():
    own = {"swish_2": SWISH_2, "cubed_error": CubedError(2.0)}
    architecture = Architecture(2, (3,), 2, activation=SWISH_2, output=CubedError(2.0))
    text = json.dumps(architecture.to_dict())
    again = Architecture.from_dict(json.loads(text), own=own)
    assert again.layers == architecture.layers
    assert again.loss == CubedError(2.0)
    with pytest.raises(ArgumentError, match="no activation has this name: got 'swish_2'"):
        Architecture.from_dict(json.loads(text), own={"cubed_error": CubedError()})
    with pytest.raises(ArgumentError, match="got 'cubed_error'"):
        Architecture.from_dict(json.loads(text), own={"swish_2": SWISH_2})


X = np.zeros((6, 4))


@pytest.mark.parametrize("y", [[0, 1, 2, 0, 1, 2], np.array([0, 1, 2, 0, 0, 0], np.uint8)])
def test_class_numbers_give_a_softmax_over_as_many_classes(y):
    architecture = Architecture.from_data(X, y, hidden=(5,))
    assert (architecture.layer_sizes, architecture.loss.link_name) == ([4, 5, 3], "softmax")


def test_two_classes_where_y_holds_one_or_is_boolean():
    assert Architecture.from_data(X, [0] * 6).outputs == 2
    assert Architecture.from_data(X, [True, False] * 3).outputs == 2


def test_other_numbers_give_a_regression():
    architecture = Architecture.from_data(X, [0.5, 1, 2, 3, 4, 5])
    assert (architecture.outputs, architecture.loss.link_name) == (1, "linear")
    architecture = Architecture.from_data(X, np.zeros((6, 2)))
    assert (architecture.outputs, architecture.loss.link_name) == (2, "linear")


def test_columns_of_zero_and_one_give_a_multilabel_network():
    architecture = Architecture.from_data(X, [[0, 1], [1, 1], [0, 0]] * 2)
    assert (architecture.outputs, architecture.loss.link_name) == (2, "sigmoid")


def test_one_hot_rows_give_classes_whatever_their_type():
    for rows in (one_hot([0, 1, 2] * 2, 3), one_hot([0, 1, 2] * 2, 3).astype(int)):
        architecture = Architecture.from_data(X, rows)
        assert (architecture.outputs, architecture.loss.link_name) == (3, "softmax")


def test_a_column_of_class_numbers_gives_classes():
    assert Architecture.from_data(X, [[0], [1], [2]] * 2).layer_sizes[-1] == 3


def test_what_is_said_goes_before_what_the_data_suggest():
    counts = Architecture.from_data(X, [0, 1, 7, 0, 1, 2], output="exp")
    assert (counts.outputs, counts.loss.link_name) == (1, "exp")
    rows = Architecture.from_data(X, one_hot([0, 1, 2] * 2, 3), output="softmax")
    assert (rows.outputs, rows.loss.link_name) == (3, "softmax")
    assert Architecture.from_data(X, [0, 1] * 3, outputs=5).outputs == 5


def test_data_that_is_no_table_of_numbers_is_said():
    with pytest.raises(ShapeError, match="X is no table"):
        Architecture.from_data([1, 2, 3], [0, 1, 0])
    with pytest.raises(ArgumentError, match="X holds text"):
        Architecture.from_data([["a"]], [0])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Architecture(2, (3,), 2, activation="reul"), "did you mean 'relu'"),
        (lambda: Hidden(3, activation="tahn"), "did you mean 'tanh'"),
        (lambda: Hidden(3, normalisation="bach"), "did you mean 'batch'"),
        (lambda: Hidden(3, initialiser="glorott"), "did you mean 'glorot'"),
        (lambda: Architecture(2, (3,), 2, output="softmx"), "did you mean 'softmax'"),
        (lambda: Hidden(3, dropout=1.0), "Accepted: 0 and up, below 1"),
        (lambda: Architecture(2, (), 2, dropout=-0.1), "Accepted: 0 and up, below 1"),
        (lambda: Hidden(3, l2=-1), "l2 is no such number: got -1"),
        (lambda: Architecture(2, (3,), 2, l1=float("nan")), "l1 is no such number: got nan"),
        (lambda: Hidden(0), "units is a count: got 0"),
        (lambda: Architecture(2, (3, 0), 2), "units is a count: got 0"),
        (lambda: Architecture(2, (2.5,), 2), "units is a count: got 2.5"),
        (lambda: Architecture(0, (3,), 2), "inputs is a count: got 0"),
        (lambda: Architecture(2, (10**9,), 2), "Accepted: whole numbers from 1 to 1,000,000"),
        (lambda: Architecture(2, (True,), 2), "units is a count: got True"),
        (lambda: Architecture(2, 3.0, 2), "hidden is no list of layers: got 3.0"),
        (lambda: Architecture(2, None, 2), "hidden is no list of layers"),
        (lambda: Architecture(2, "relu", 2), "hidden is no list of layers: got 'relu'"),
        (lambda: Architecture(2, (3,), 2, parametrisation="ntj"), "did you mean 'ntk'"),
        (lambda: Hidden(3, parametric="no"), "parametric is a yes or a no: got 'no'"),
        (lambda: Architecture(2, (3,), 2, front=[Scale(3)]), "one with n_in=2"),
        (lambda: Architecture(2, (3,), 2, front=[Periodic(2, 1), Scale(2)]), "one with n_in=5"),
        (lambda: Architecture(2, (3,), 2, front=[Dense(2, 2)]), "no such layer in front"),
        (lambda: Architecture(2, (3,), 2, front=["scale"]), "no such layer in front"),
        (lambda: Scale(0), "n_in is a count: got 0"),
        (lambda: Scale(2, rate=0), "rate is no such number: got 0"),
        (lambda: Periodic(2, 3), "numeric is a count: got 3"),
        (lambda: Periodic(2, 0), "numeric is a count: got 0"),
        (lambda: Periodic(2, 2, waves=10_001), "waves is a count: got 10001"),
        (lambda: Periodic(2, 2, size=0), "size is a count: got 0"),
        (lambda: Periodic(2, 2, sigma=float("inf")), "sigma is no such number: got inf"),
        (lambda: Embed(3, ()), r"got \(\)\.\s.*, none above 3"),
        (lambda: Embed(3, ((0, 2), (1, 3))), "blocks are ranges of inputs, one after the other"),
        (lambda: Embed(3, ((1, 1),)), "blocks are ranges of inputs"),
        (lambda: Embed(3, ((2, 4),)), "blocks are ranges of inputs"),
        (lambda: Embed(3, ((-1, 2),)), "blocks are ranges of inputs"),
        (lambda: Embed(3, ((0, 1.5),)), "blocks are ranges of inputs"),
        (lambda: Embed(3, 5), "blocks are ranges of inputs"),
        (lambda: Embed(3, ((0, 2),), size=0), "size is a count: got 0"),
        (lambda: Embed(3, ((0, 2),), rate=0), "rate is no such number: got 0"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_accepted(wrong, says):
    with pytest.raises(ArgumentError, match=says):
        wrong()


def test_a_softmax_of_one_output_is_told_what_to_use_instead():
    with pytest.raises(ArgumentError, match="outputs of 2 and up") as error:
        Architecture(2, (3,), 1)
    assert 'outputs=1 with output="sigmoid"' in str(error.value)


def test_whole_numbers_that_do_not_count_classes_are_a_regression_or_a_question():
    prices = np.arange(50_000, 50_060, 5)
    table = np.zeros((len(prices), 2))
    assert Architecture.from_data(table, prices).loss.link_name == "linear"
    for labels in ([1, 2, 3] * 4, [-1, 1] * 6):
        with pytest.raises(ArgumentError, match="numbers any labels from 0"):
            Architecture.from_data(table, labels)


def test_rows_and_targets_of_different_number_are_refused():
    with pytest.raises(ShapeError, match="different numbers of rows"):
        Architecture.from_data(X, [0, 1])
