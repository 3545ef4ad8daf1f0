"""Fitted networks to save, and an attacker who writes model files of his own."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load as from_safetensors
from safetensors.numpy import save as to_safetensors

from helder import store
from helder.model import Choices, Fitted, Question, fit, prepare
from helder.store.writing import KEY, canonical, digest
from helder.table import Table, read_table


def lines(rows: int) -> list[str]:
    """A CSV with a column of every kind, and gaps."""
    rng = np.random.default_rng(0)
    text = ["ticket,size,colour,member,since,price,kind"]
    for row in range(rows):
        size = "" if row % 11 == 0 else f"{rng.normal():.6f}"
        colour, member = ("red", "green", "blue")[rng.integers(3)], ("yes", "no")[row % 2]
        since = f"2024-{1 + row % 12:02}-{1 + row % 28:02}"
        price, kind = f"{rng.normal(100, 7):.5f}", ("bad", "fine", "good")[rng.integers(3)]
        text.append(f"zebra-{row:05},{size},{colour},{member},{since},{price},{kind}")
    return text


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """The table that the networks learn from."""
    path = tmp_path_factory.mktemp("secretfolder") / "data.csv"
    path.write_text("\n".join(lines(120)) + "\n")
    return read_table(path)


@pytest.fixture(scope="session")
def fitted(table: Table) -> Fitted:
    """A network that predicts classes."""
    return fit(prepare(table, Question("kind", recipe="plain")), Choices(hidden=(5, 4), epochs=4))


@pytest.fixture(scope="session")
def fitted_number(table: Table) -> Fitted:
    """A network that predicts a number."""
    return fit(prepare(table, Question("price", recipe="plain")), Choices(hidden=(5,), epochs=4))


@pytest.fixture(scope="session")
def data(fitted: Fitted) -> bytes:
    """The bytes of the model file."""
    return store.writing.to_bytes(fitted)


Arrays = dict[str, Any]


class Attacker:
    """Takes a model file apart and puts it together again, with a digest that fits."""

    def __init__(self, data: bytes, folder: Path) -> None:
        length = int.from_bytes(data[:8], "little")
        self.text = json.loads(data[8 : 8 + length])["__metadata__"][KEY]
        self.arrays: Arrays = from_safetensors(data)
        self.path = folder / "attack.helder"

    @property
    def description(self) -> dict[str, Any]:
        return copy.deepcopy(json.loads(self.text))

    def write(self, text: str, arrays: Arrays | None = None) -> Path:
        """A file with this description, word for word."""
        arrays = self.arrays if arrays is None else arrays
        self.path.write_bytes(to_safetensors(arrays, metadata={KEY: text}))
        return self.path

    def change(self, how: Callable[[dict[str, Any]], object]) -> Path:
        """A file whose description was changed, and signed again."""
        found = self.description
        how(found)
        return self.sign(found, self.arrays)

    def sign(self, found: dict[str, Any], arrays: Arrays) -> Path:
        """A file with this description and these arrays, and their digest."""
        found.pop("digest", None)
        found["digest"] = digest(canonical(found), arrays)
        return self.write(canonical(found), arrays)

    def header(self, header: object) -> Path:
        """A file that begins with any header."""
        text = json.dumps(header).encode() if not isinstance(header, bytes) else header
        self.path.write_bytes(len(text).to_bytes(8, "little") + text)
        return self.path


@pytest.fixture
def attacker_of(tmp_path: Path) -> Callable[[bytes], Attacker]:
    """Makes somebody who knows the format of the bytes of any file."""
    return lambda data: Attacker(data, tmp_path)


@pytest.fixture
def attacker(data: bytes, tmp_path: Path) -> Attacker:
    """Somebody who knows the format."""
    return Attacker(data, tmp_path)


@pytest.fixture
def attacker_of_numbers(fitted_number: Fitted, tmp_path: Path) -> Attacker:
    """The same, with a regression."""
    return Attacker(store.writing.to_bytes(fitted_number), tmp_path)
