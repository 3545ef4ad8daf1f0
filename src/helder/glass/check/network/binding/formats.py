"""How rows and targets are handed to somebody's network: rows or columns, one-hot or numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helder.typing import Floats


@dataclass(frozen=True)
class Data:
    """Rows and targets, as the reference network has them.

    Attributes:
        x: (N, inputs).
        y: (N, n_out): one-hot, or numbers where there is one output.
    """

    x: Floats
    y: Floats

    def first(self, rows: int) -> Data:
        """The first rows alone."""
        return Data(self.x[:rows], self.y[:rows])

    def twice(self) -> Data:
        """Every row twice."""
        return Data(np.vstack([self.x, self.x]), np.vstack([self.y, self.y]))

    def alike(self) -> Data:
        """The last row, in which the last class stands, as often as there are rows.

        Whichever of them training draws, and in whichever order, the gradient is the same.
        """
        rows = len(self.x)
        return Data(np.repeat(self.x[-1:], rows, 0), np.repeat(self.y[-1:], rows, 0))


def random_data(inputs: int, outputs: int, rows: int = 6, seed: int = 0) -> Data:
    """Rows of random numbers; every class occurs, the last one last."""
    draw = np.random.default_rng(seed)
    x = draw.normal(0, 1, (rows, inputs))
    if outputs == 1:
        y = np.arange(rows)[:, None] % 2 * 1.0
    else:
        classes = np.concatenate(
            [draw.integers(0, outputs, max(rows - outputs, 0)), range(outputs)]
        )
        y = np.eye(outputs)[classes[-rows:].astype(int)]
    return Data(x, y)


@dataclass(frozen=True)
class Format:
    """A way to hand over data.

    Attributes:
        layout: `rows`, `columns`, or for one row at a time `vector`, `column`, `row`; `pairs` is a
            list of pairs of columns.
        labels: `one-hot` (numbers as they are, where there is one output) or `class numbers`.
        x: Makes the rows.
        y: Makes the targets.
        single: Whether it holds one row.
    """

    layout: str
    labels: str
    x: Callable[[Data], Any]
    y: Callable[[Data], Any]
    single: bool = False

    def give(self, data: Data) -> tuple[Any, Any]:
        """The rows and targets; the first row alone where one is wanted."""
        return self.x(data), self.y(data)


def numbers(data: Data) -> Any:
    """Class numbers, (N,); for one output its numbers."""
    return data.y[:, 0] if data.y.shape[1] == 1 else data.y.argmax(1)


def from_1(data: Data) -> Any:
    """Class numbers that begin with 1, (N,); for one output its numbers."""
    return numbers(data) + (data.y.shape[1] > 1)


def pairs(data: Data) -> list[tuple[Floats, Floats]]:
    """A list of (column, column)."""
    return [(x[:, None].copy(), y[:, None].copy()) for x, y in zip(data.x, data.y, strict=True)]


def zipped(x: Any, y: Any) -> list[tuple[Any, Any]]:
    """A list of pairs."""
    return list(zip(x, y, strict=True))


def with_class(data: Data) -> list[float]:
    """The first row as it stands in a table: its class number comes last."""
    return [*data.x[0].tolist(), int(numbers(data)[0])]


BATCHES = (
    Format("rows", "one-hot", lambda d: d.x, lambda d: d.y),
    Format("columns", "one-hot", lambda d: d.x.T.copy(), lambda d: d.y.T.copy()),
    Format("rows", "class numbers", lambda d: d.x, numbers),
    Format("columns", "class numbers", lambda d: d.x.T.copy(), numbers),
    Format("rows", "class numbers in a column", lambda d: d.x, lambda d: numbers(d)[:, None]),
    Format("columns", "class numbers in a row", lambda d: d.x.T.copy(), lambda d: numbers(d)[None]),
    Format("rows", "class numbers from 1", lambda d: d.x, from_1),
    Format("list of rows", "one-hot", lambda d: d.x.tolist(), lambda d: d.y.tolist()),
    Format("list of columns", "one-hot", lambda d: [x[:, None] for x in d.x],
           lambda d: [y[:, None] for y in d.y]),
    Format("list of row matrices", "one-hot", lambda d: d.x[:, None, :], lambda d: d.y[:, None, :]),
    Format("array of columns", "one-hot", lambda d: d.x[:, :, None], lambda d: d.y[:, :, None]),
)  # fmt: skip
SINGLES = (
    Format("vector", "one-hot", lambda d: d.x[0], lambda d: d.y[0], True),
    Format("column", "one-hot", lambda d: d.x[:1].T.copy(), lambda d: d.y[:1].T.copy(), True),
    Format("row", "one-hot", lambda d: d.x[:1], lambda d: d.y[:1], True),
    Format("vector", "class numbers", lambda d: d.x[0], lambda d: numbers(d)[0].item(), True),
    Format("column", "class numbers", lambda d: d.x[:1].T.copy(),
           lambda d: numbers(d)[0].item(), True),
    Format("list", "one-hot", lambda d: d.x[0].tolist(), lambda d: d.y[0].tolist(), True),
    Format("list that ends in its class", "one-hot", with_class, lambda d: d.y[0].tolist(), True),
)  # fmt: skip
FORMATS = BATCHES + SINGLES
PAIRS = (
    Format("pairs", "one-hot", pairs, lambda d: None),
    Format("pairs of vectors", "one-hot", lambda d: zipped(d.x, d.y), lambda d: None),
    Format("pairs of lists", "one-hot", lambda d: zipped(d.x.tolist(), d.y.tolist()),
           lambda d: None),
    Format("pairs", "class numbers",
           lambda d: zipped(d.x[:, :, None], numbers(d).astype(int).tolist()), lambda d: None),
)  # fmt: skip
