"""Whatever a model file holds, it is this network or a clear error: quickly, and nothing is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helder import store
from helder.errors import ModelFileError


def refused(path, *parts: str, within: float = 2.0) -> str:
    """Loading says no, in one or two lines that name the file, in time."""
    started = time.perf_counter()
    with pytest.raises(ModelFileError) as caught:
        store.load(path)
    assert time.perf_counter() - started < within
    text = str(caught.value)
    assert len(text.splitlines()) <= 2
    assert text.replace("\n", "").isprintable()
    for part in (path.name, *parts):
        assert part in text, text
    return text


# Damage.


def test_cut_off_anywhere(data, tmp_path):
    path = tmp_path / "cut.helder"
    header = 8 + int.from_bytes(data[:8], "little")
    lengths = {*range(120), *range(header - 3, header + 3), *range(len(data) - 20, len(data))}
    lengths |= set(range(0, len(data), 97))
    for length in sorted(lengths):
        path.write_bytes(data[:length])
        refused(path)


def test_something_behind_it(data, tmp_path):
    path = tmp_path / "long.helder"
    for more in (b"\x00", b" ", data):
        path.write_bytes(data + more)
        refused(path)


def test_a_flipped_bit_anywhere(data, tmp_path):
    path = tmp_path / "flipped.helder"

    @settings(max_examples=250, deadline=None, database=None)
    @given(st.integers(0, len(data) - 1), st.integers(0, 7))
    def check(position: int, bit: int) -> None:
        changed = bytearray(data)
        changed[position] ^= 1 << bit
        path.write_bytes(changed)
        refused(path)

    check()
    for position in (*range(40), *range(len(data) - 8, len(data))):
        for bit in range(8):
            changed = bytearray(data)
            changed[position] ^= 1 << bit
            path.write_bytes(changed)
            refused(path)


def test_bytes_that_are_mixed_up(data, tmp_path):
    path = tmp_path / "mixed.helder"

    @settings(max_examples=100, deadline=None, database=None)
    @given(st.integers(0, len(data)), st.binary(max_size=40), st.integers(0, 40))
    def check(position: int, piece: bytes, gone: int) -> None:
        changed = data[:position] + piece + data[position + gone :]
        if changed != data:
            path.write_bytes(changed)
            refused(path)

    check()


# Foreign files.


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"a,b\n1,2\n",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"PK\x03\x04" + bytes(1000),
        b"\x80\x04\x95" + b"pickle" * 50,
        bytes(100_000),
        b"\xff" * 100_000,
        b"\x02\x00\x00\x00\x00\x00\x00\x00{}",
        b'\x0c\x00\x00\x00\x00\x00\x00\x00{"helder":1}',
    ],
)
def test_foreign_files(tmp_path, content):
    path = tmp_path / "foreign.helder"
    path.write_bytes(content)
    refused(path, "no helder model file", "helder train")


def test_another_safetensors_file(attacker):
    from safetensors.numpy import save

    weights = {"weight": np.zeros((3, 4), np.float32)}
    for metadata in (None, {"format": "pt"}):
        attacker.path.write_bytes(save(weights, metadata=metadata))
        refused(attacker.path, "no helder model file")


def test_a_folder_a_missing_file_and_what_is_no_file(tmp_path):
    refused(tmp_path, "folder" if os.name == "nt" else "directory")
    refused(tmp_path / "nowhere.helder", "No such file")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "not a regular file")


@pytest.mark.parametrize("header", [5, [], "helder", {"__metadata__": 5},
    {"__metadata__": ["helder"]}, {"__metadata__": "helder"}, {"__metadata__": None},
    {"__metadata__": {"helder": 5}}, {"__metadata__": {"helder": None}}, {"helder": {}},
    b"[" * 200_000 + b'"helder"', b'{"helder":' * 50_000])  # fmt: skip
def test_headers_that_are_none(attacker, header):
    refused(attacker.header(header))


# Descriptions of somebody who knows the format, and signs what he wrote.


def test_the_attacker_can_write_a_file_that_loads(attacker, data):
    assert attacker.change(lambda found: None).read_bytes() == data
    assert store.load(attacker.path).classes == ("bad", "fine", "good")


def test_a_description_that_is_changed_without_its_digest(attacker):
    found = attacker.description
    found["seed"] = 1
    refused(attacker.write(json.dumps(found, sort_keys=True, separators=(",", ":"))), "damaged")


def test_a_later_format_is_named(attacker):
    text = refused(attacker.change(lambda found: found.update(format=store.FORMAT + 1)))
    assert "later version" in text
    assert f"format {store.FORMAT + 1}" in text


def put(*keys: object):
    """Writes a value at this place of a description."""
    *way, last, value = keys

    def change(found):
        for key in way:
            found = found[key]
        found[last] = value

    return change


HOSTILE = {
    "format is zero": put("format", 0),
    "format is a text": put("format", "1"),
    "format is true": put("format", True),
    "format is huge": put("format", 10**300),
    "format is nothing": put("format", None),
    "a million inputs": put("architecture", "inputs", 1_000_000),
    "too many inputs": put("architecture", "inputs", 10**18),
    "no inputs": put("architecture", "inputs", 0),
    "inputs as text": put("architecture", "inputs", "11"),
    "outputs negative": put("architecture", "outputs", -3),
    "hidden is a number": put("architecture", "hidden", 5),
    "hidden is huge": put("architecture", "hidden", 0, "units", 1_000_000),
    "hidden is half a unit": put("architecture", "hidden", 0, "units", 4.5),
    "hidden has no names": put("architecture", "hidden", [[]]),
    "hidden has a strange key": put("architecture", "hidden", 0, "__class__", "x"),
    "an activation that is none": put("architecture", "hidden", 0, "activation", "os.system"),
    "an activation that is a list": put("architecture", "hidden", 0, "activation", []),
    "an activation that is missing": put("architecture", "hidden", 0, "activation", None),
    "a dropout that is none": put("architecture", "hidden", 0, "dropout", 7),
    "an initialiser that is none": put("architecture", "hidden", 0, "initialiser", "evil"),
    "a loss that is none": put("architecture", "loss", "name", "evil"),
    "a loss with a strange setting": put("architecture", "loss", "delta", "x"),
    "a loss of another task": put("architecture", "loss", {"name": "mean_squared_error"}),
    "a parametrisation that is none": put("architecture", "parametrisation", "evil"),
    "parametric is a text": put("architecture", "hidden", 0, "parametric", "no"),
    "parametric without its numbers": put("architecture", "hidden", 0, "parametric", True),
    "front is a number": put("architecture", "front", 5),
    "front has no names": put("architecture", "front", [[]]),
    "a layer in front that is none": put("architecture", "front", [{"name": "evil"}]),
    "a name in front that is a list": put("architecture", "front", [{"name": []}]),
    "a layer in front for others": put("architecture", "front", [{"name": "scale", "n_in": 2}]),
    "no architecture": put("architecture", None),
    "dtype object": put("dtype", "object"),
    "dtype of small numbers": put("dtype", "int8"),
    "dtype of other numbers": put("dtype", "float64"),
    "dtype of fields": put("dtype", [["a", "f4"]]),
    "dtype of nothing": put("dtype", None),
    "no plan": put("plan", None),
    "a plan without columns": put("plan", "columns", []),
    "a column of no kind": put("plan", "columns", 0, "kind", "evil"),
    "a standard deviation of zero": put("plan", "columns", 0, "std", 0),
    "a mean that is a text": put("plan", "columns", 0, "mean", "0"),
    "a mean that no float holds": put("plan", "columns", 0, "mean", 10**400),
    "a strange key in a column": put("plan", "columns", 0, "code", "print()"),
    "roles that are numbers": put("plan", "roles", [1]),
    "one class": put("target", "classes", ["bad"]),
    "two classes": put("target", "classes", ["bad", "good"]),
    "a class twice": put("target", "classes", ["bad", "bad", "good"]),
    "a class that is half a character": put("target", "classes", ["bad", "fine", "\ud800"]),
    "another task": put("target", "task", "regression"),
    "no target": put("target", None),
    "a scale for classes": put("scale", [0.0, 1.0]),
    "no scores": put("scores", None),
    "a metric that is none": put("scores", "test", "score", "metric", "evil"),
    "a metric of another task": put("scores", "test", "score", "metric", "r2"),
    "a score that is a text": put("scores", "test", "score", "value", "much"),
    "a confusion of another shape": put("scores", "test", "confusion", [[1]]),
    "a ragged confusion": put("scores", "test", "confusion", [[1, 2, 3], [1], [1]]),
    "a confusion that no integer holds": put("scores", "test", "confusion", [[10**30] * 3] * 3),
    "no confusion": put("scores", "test", "confusion", None),
    "no history": put("history", None),
    "a history of numbers": put("history", "records", [1]),
    "a best epoch that is a text": put("history", "best", "last"),
    "a negative seed": put("seed", -1),
    "a huge seed": put("seed", 2**64),
    "a seed that is a text": put("seed", "7"),
    "a seed that is true": put("seed", True),
    "versions that are a list": put("versions", ["1"]),
}  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"name": "scale"},
        {"name": "scale", "rate": "6"},
        {"name": "scale", "__class__": "x"},
        {"name": "periodic", "numeric": 1},
        {"name": "periodic", "numeric": 1, "waves": 10_000, "size": 10_000},
        {"name": "periodic", "numeric": 10**18},
        {"name": "periodic", "numeric": 1, "waves": 10**18},
        {"name": "periodic", "numeric": 1, "sigma": -1},
        {"name": "embed"},
        {"name": "embed", "blocks": [[0, [1]]]},
        {"name": "embed", "blocks": {"0": 1}},
        {"name": "embed", "blocks": [[0, 10**18]]},
        {"name": "embed", "blocks": [[0, 1]], "size": 10_000},
    ],
)
def test_a_layer_in_front_whose_numbers_are_not_there(attacker, more):
    inputs = attacker.description["architecture"]["inputs"]
    refused(attacker.change(put("architecture", "front", [{"n_in": inputs, **more}])))


@pytest.mark.parametrize("what", HOSTILE)
def test_a_signed_description_that_does_not_fit(attacker, what):
    refused(attacker.change(HOSTILE[what]))


@pytest.mark.parametrize("key", ["architecture", "plan", "target", "scores", "history", "seed",
    "dtype", "scale", "data_hash", "versions", "format"])  # fmt: skip
def test_a_part_is_missing(attacker, key):
    refused(attacker.change(lambda found: found.pop(key)))


@pytest.mark.parametrize(
    "scale",
    [
        None,
        [0.0],
        [0.0, 0.0],
        [0.0, -1.0],
        ["0", "1"],
        "ab",
        5,
        [0.0, 1.0, [2.0, 1.0]],
        [0.0, 1.0, [0.0]],
        [0.0, 1.0, 5],
        [0.0, 1.0, ["a", "b"]],
        [0, 1, None, 2],
    ],
)
def test_a_scale_that_is_none(attacker_of_numbers, scale):
    refused(attacker_of_numbers.change(put("scale", scale)))


def test_a_number_needs_outputs_of_a_number(attacker_of_numbers):
    for name in ("binary_cross_entropy", "categorical_cross_entropy"):
        refused(attacker_of_numbers.change(put("architecture", "loss", {"name": name})))


@pytest.mark.parametrize("text", ["", "{}", "[]", "5", "null", '"helder"', "{", "[" * 100_000,
    "[" * 900 + "]" * 900, '{"format":' * 50_000, "\x00", "9" * 10_000])  # fmt: skip
def test_descriptions_that_are_none(attacker, text):
    refused(attacker.write(text))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_numbers_that_json_does_not_know(attacker, number):
    text = attacker.text.replace('"seed":0', f'"seed":{number}')
    assert text != attacker.text
    refused(attacker.write(text))


def test_a_description_in_another_writing(attacker):
    refused(attacker.write(attacker.text.replace('"seed":0', '"seed": 0')))
    refused(attacker.write(attacker.text.replace('"seed":0', '"seed":1,"seed":0')))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers(attacker, bad):
    values = attacker.arrays["values"].copy()
    values[0, 3] = bad
    refused(attacker.sign(attacker.description, {**attacker.arrays, "values": values}), "finite")


def test_arrays_that_are_not_those_of_the_network(attacker):
    values, statistics = attacker.arrays["values"], attacker.arrays["statistics"]
    for arrays in (
        {"values": values},
        {"values": values, "statistics": statistics, "more": values},
        {"values": values[:, :-1].copy(), "statistics": statistics},
        {"values": values[0], "statistics": statistics},
        {"values": np.concatenate([values, values]), "statistics": statistics},
        {"values": values.astype(np.float64), "statistics": statistics},
        {"values": values.astype(np.float16), "statistics": statistics},
        {"values": values.view(np.int32), "statistics": statistics},
        {"values": values, "statistics": np.zeros((1, 4), np.float32)},
    ):
        refused(attacker.sign(attacker.description, arrays))


BOUNDED = """
import resource, sys
from helder import store
from helder.errors import ModelFileError
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
for path in sys.argv[1:]:
    try:
        store.load(path)
    except ModelFileError as error:
        continue
    sys.exit(f"{path} was loaded")
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(status["VmHWM"].split()[0])  # of this program alone: what getrusage counts survives exec
"""


def test_no_file_makes_it_take_gigabytes(attacker, data, tmp_path):
    sparse, long_header = tmp_path / "sparse.helder", tmp_path / "header.helder"
    sparse.write_bytes(b"a,b\n1,2\n")
    os.truncate(sparse, 7 << 30)
    long_header.write_bytes((6 << 30).to_bytes(8, "little") + data[8:])
    os.truncate(long_header, 7 << 30)
    arrays = tmp_path / "arrays.helder"
    arrays.write_bytes(data)
    os.truncate(arrays, 7 << 30)
    huge = [
        attacker.change(put("architecture", "hidden", 0, "units", 1_000_000)).rename(
            tmp_path / "units.helder"
        ),
        attacker.change(
            lambda found: found["architecture"].update(
                hidden=[found["architecture"]["hidden"][0] | {"units": 1_000_000}] * 900
            )
        ).rename(tmp_path / "layers.helder"),
    ]
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, sparse, long_header, arrays, *huge],
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) < 600_000  # kilobytes, most of them Python and its libraries
    assert time.perf_counter() - started < 10
