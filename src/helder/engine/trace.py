"""The trace: called with symbols instead of arrays, the book writes down its own steps.

A `Symbol` stands for an array whose place is known but whose numbers are not. It answers NumPy's
functions by writing a `Step` into the trace, so the trace of a training step is simply the list of
what the book computes, in order. A `Scalar` stands for a number that is known before each step,
such as the learning rate: arithmetic on scalars is done ahead, in float64, and only the results
reach the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helder.errors import ArgumentError, ShapeError, listed
from helder.typing import Floats, Shape

BATCH = -1  # the number of rows of a batch, which no step knows

POINTWISE = {
    np.add: "add",
    np.subtract: "subtract",
    np.multiply: "multiply",
    np.divide: "divide",
    np.negative: "negative",
    np.positive: "copy",
    np.abs: "absolute",
    np.sign: "sign",
    np.square: "square",
    np.power: "power",
    np.sqrt: "sqrt",
    np.exp: "exp",
    np.expm1: "expm1",
    np.log: "log",
    np.log1p: "log1p",
    np.tanh: "tanh",
    np.sin: "sin",
    np.cos: "cos",
    np.minimum: "minimum",
    np.maximum: "maximum",
    np.greater: "greater",
    np.less: "less",
    np.greater_equal: "greater_equal",
    np.less_equal: "less_equal",
    np.equal: "equal",
    np.not_equal: "not_equal",
}
COMPARISONS = {"greater", "less", "greater_equal", "less_equal", "equal", "not_equal"}
BY_NAME = {"erf": "erf"}  # SciPy's, which is imported only where it is used
VOCABULARY = sorted({*POINTWISE.values(), *BY_NAME.values(), "where", "matmul", "sum", "max"})


@dataclass(frozen=True)
class Place:
    """Where an array lies.

    Args:
        space: Which memory: "theta", "dtheta", "state m", "statistics", "tape", "X", "y", ...
        start: Its first number there, counted in numbers.
        rows: Its rows; `BATCH` for one per row of the batch.
        cols: Its columns.
        transposed: Whether it is read the other way round.
        apart: How far its rows are from each other; 0 where one follows the other.
        groups: How many matrices of this shape it is.
        step: How far these are from each other.
    """

    space: str
    start: int
    rows: int
    cols: int
    transposed: bool = False
    apart: int = 0
    groups: int = 1
    step: int = 0

    @property
    def distance(self) -> int:
        """How far its rows are from each other."""
        return self.apart or self.cols

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns as the step sees them."""
        return (self.cols, self.rows) if self.transposed else (self.rows, self.cols)


Operand = Place | float


@dataclass(frozen=True)
class Step:
    """One step of a program: what is computed, from what, and where it goes."""

    name: str
    out: Place
    operands: tuple[Operand, ...]


class Trace:
    """The steps written down so far.

    Args:
        capacity: The largest number of rows that a batch will have.
        dtype: The type of every array.

    Attributes:
        steps: The program.
        sizes: How many numbers each space holds.
        scalars: What the table of scalars has to hold for each step, in order.
        masks: For each dropout its place in the chain, its rate, and where its mask lies.
    """

    def __init__(self, capacity: int, dtype: np.dtype[Any]) -> None:
        self.capacity, self.dtype = capacity, dtype
        self.steps: list[Step] = []
        self.sizes: dict[str, int] = {}
        self.scalars: list[Scalar] = []
        self.masks: list[tuple[int, float, Place]] = []

    def symbol(self, space: str, rows: int, cols: int) -> Symbol:
        """A new array at the end of a space."""
        start = self.sizes.get(space, 0)
        self.sizes[space] = start + (self.capacity if rows == BATCH else rows) * cols
        return Symbol(self, Place(space, start, rows, cols))

    def symbols(self, space: str, shapes: Mapping[str, Shape]) -> dict[str, Symbol]:
        """New arrays one after the other; a shape may have `BATCH` rows, or many matrices."""
        return {name: self._array(space, shape) for name, shape in shapes.items()}

    def _array(self, space: str, shape: Shape) -> Symbol:
        if len(shape) == 2:
            return self.symbol(space, *shape)
        groups, rows, cols = shape
        flat = self.symbol(space, groups * rows, cols).place
        return Symbol(self, replace(flat, rows=rows, groups=groups, step=rows * cols))

    def scalar(self, name: str) -> Scalar:
        """A number that is known before each step, by name."""
        return Scalar(self, lambda known: known[name])

    def operand(self, value: Any) -> Operand:
        """A value as a step names it."""
        if isinstance(value, Symbol):
            if value.folded:
                raise folded_axes()
            return value.place
        if isinstance(value, Scalar):
            known = [one is value for one in self.scalars]
            if True not in known:
                self.scalars.append(value)
                known.append(True)
            return Place("scalars", known.index(True), 1, 1)
        if np.ndim(value) == 0:
            return float(value)
        raise ArgumentError(
            "an array of numbers cannot be part of a program",
            got=np.shape(value),
            accepted="symbols and single numbers",
        )

    def write(self, name: str, inputs: tuple[Any, ...], shape: Shape, out: Any = None) -> Symbol:
        """Writes a step down and returns its result."""
        result = self.symbol("temporary", *shape) if out is None else out
        if result.place.shape != shape:
            raise ShapeError(
                f"the result of {name} does not fit", got=result.place.shape, accepted=str(shape)
            )
        operands = tuple(self.operand(one) for one in inputs)
        check_groups(name, result.place, operands)
        self.steps.append(Step(name, result.place, operands))
        return result


class Scalar(np.lib.mixins.NDArrayOperatorsMixin):
    """A number known before each step; arithmetic on it is done ahead, in float64."""

    def __init__(self, trace: Trace, value: Callable[[Mapping[str, Floats]], Floats]) -> None:
        self.trace, self.value = trace, value

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **how: Any) -> Any:
        if method != "__call__" or how or any(isinstance(one, Symbol) for one in inputs):
            return NotImplemented

        return self._of(ufunc, inputs)

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], how: dict[str, Any]
    ) -> Any:
        if any(isinstance(one, Symbol) for one in args):
            return NotImplemented
        if function is not np.where or len(args) != 3 or how:
            raise unknown(function.__name__)
        return self._of(function, args)

    def _of(self, function: Callable[..., Any], inputs: tuple[Any, ...]) -> Scalar:
        def value(known: Mapping[str, Floats]) -> Floats:
            given = (one.value(known) if isinstance(one, Scalar) else one for one in inputs)
            return np.asarray(function(*given), float)  # Python adds comparisons as 0 and 1

        return Scalar(self.trace, value)

    def __bool__(self) -> bool:
        raise ArgumentError(
            "`if`, `min` and `max` cannot ask a number of the update: it is not known yet",
            hint="np.where(condition, a, b), np.minimum and np.maximum choose",
        )

    def __float__(self) -> float:
        raise ArgumentError(
            "a number of the update is not known yet, so it is no float",
            hint="compute with it as it is; math.sqrt and its like become np.sqrt",
        )

    __int__ = __index__ = __float__


class Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """An array whose place is known and whose numbers are not."""

    def __init__(
        self, trace: Trace, place: Place, boolean: bool = False, folded: bool = False
    ) -> None:
        self.trace, self.place, self.boolean = trace, place, boolean
        self.folded = folded  # (rows, groups, cols), not yet (groups, rows, cols)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.trace.dtype

    @property
    def ndim(self) -> int:
        return 2 if self.place.groups == 1 else 3

    @property
    def shape(self) -> tuple[Any, Any]:
        """Rows and columns; a batch's rows are a scalar."""
        rows, cols = self.place.shape
        return tuple(self.trace.scalar("rows") if n == BATCH else n for n in (rows, cols))  # type: ignore[return-value]

    @property
    def T(self) -> Symbol:  # noqa: N802, NumPy's name
        return Symbol(self.trace, replace(self.place, transposed=not self.place.transposed))

    def __getattr__(self, name: str) -> Any:
        # NumPy itself asks for names with two underscores, and must hear that they are not there.
        if name.startswith("__"):
            raise AttributeError(name)
        raise unknown(name)

    def __bool__(self) -> bool:
        raise ArgumentError(
            "`if` cannot ask a symbol: its numbers are not known yet",
            hint="np.where(condition, a, b) chooses number by number",
        )

    def __setitem__(self, key: Any, value: Any) -> None:
        into = self if key is Ellipsis else self[key]
        self.trace.write("copy", (value,), into.place.shape, into)

    def __getitem__(self, key: Any) -> Symbol:
        """Some of the columns, `x[:, a:b]`: a view, and no step."""
        place = self.place
        match key:
            case (slice(start=None, stop=None, step=None), slice(step=None) as cols) if (
                place.groups == 1 and not place.transposed
            ):
                start, stop, _ = cols.indices(place.cols)
                wide = max(stop - start, 0)
                part = replace(place, start=place.start + start, cols=wide, apart=place.distance)
                return Symbol(self.trace, part)
        raise ArgumentError(
            "a program knows whole arrays and columns next to each other",
            got=key,
            accepted="x[...] or x[:, a:b]",
        )

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **how: Any
    ) -> Any:
        if method != "__call__" or how:
            raise unknown(f"{ufunc.__name__}.{method}")
        into = out[0] if isinstance(out, tuple) else out
        if ufunc is np.matmul:
            return self.trace.write("matmul", inputs, product_shape(*inputs), into)
        name = POINTWISE.get(ufunc) or BY_NAME.get(ufunc.__name__)
        if name is None:
            raise unknown(ufunc.__name__)
        asked = [one.boolean for one in inputs if isinstance(one, Symbol)]
        if name in ("add", "subtract") and len(asked) == 2 and all(asked):
            raise ArgumentError(
                "NumPy takes the sum of two comparisons for `or`, and the native engine does not",
                hint="np.where(condition, 1.0, 0.0) counts",
            )
        result = self.trace.write(name, inputs, common_shape(inputs), into)
        result.boolean = name in COMPARISONS
        return result

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], how: dict[str, Any]
    ) -> Any:
        if function is np.where and len(args) == 3 and not how:
            return self.trace.write("where", args, common_shape(args))
        if function is np.ones_like:
            return self.trace.write("copy", (1.0,), self.place.shape)
        if function in (np.reshape, np.swapaxes):
            return self._many(function, *args[1:], **how)
        if function in (np.sum, np.max):
            named = dict(zip(("a", "axis"), args, strict=False))
            return self._reduced("sum" if function is np.sum else "max", **named, **how)
        raise unknown(function.__name__)

    def _many(self, function: Any, *given: Any) -> Symbol:
        """A matrix for each of n groups of columns, as `by_feature` asks for: a view, no step."""
        place = self.place
        if function is np.reshape and place.groups == 1 and not place.transposed:
            match given:
                case ((-1, int() as groups, int() as cols),) if groups * cols == place.cols:
                    apart = replace(
                        place, cols=cols, apart=place.distance, groups=groups, step=cols
                    )
                    return Symbol(self.trace, apart, folded=True)
        if function is np.swapaxes and self.folded and given == (0, 1):
            return Symbol(self.trace, self.place)
        if function is np.swapaxes and not self.folded and given == (1, 2):
            return self.T
        raise folded_axes()

    def _reduced(
        self, name: str, a: Symbol, axis: int | None = None, keepdims: bool = False, out: Any = None
    ) -> Symbol:
        if axis is None:
            down = self._reduced(name, a, 0, True)
            return self._reduced(name, down, 1, True, out)
        if not keepdims:
            raise ArgumentError(f"{name} along an axis keeps it", accepted="keepdims=True")
        if axis not in (0, 1, -1, -2) or isinstance(axis, bool):
            raise ArgumentError(f"no such axis for {name}", got=axis, accepted="0, 1 or None")
        rows, cols = a.place.shape
        if axis in (0, -2):
            return self.trace.write(f"{name}_rows", (a,), (1, cols), out)
        return self.trace.write(f"{name}_cols", (a,), (rows, 1), out)


def folded_axes() -> ArgumentError:
    """The error for a shape that only NumPy knows."""
    return ArgumentError(
        "the native engine knows matrices, and many of them side by side",
        accepted="by_feature(x, n), a matrix for each of n groups of columns",
        hint='engine="numpy" runs any NumPy code',
    )


def check_groups(name: str, out: Place, operands: tuple[Operand, ...]) -> None:
    """Many matrices at once are multiplied, and nothing else is done with them."""
    groups = {place.groups for place in (out, *operands) if isinstance(place, Place)}
    if groups != {1} and (name != "matmul" or len(groups) > 1):
        raise ArgumentError(
            "many matrices at once are multiplied, and nothing else",
            got=name,
            accepted="np.matmul(x, W, out=z), all with as many matrices",
        )


def unknown(name: str) -> ArgumentError:
    """The error for a function that no engine but NumPy's has."""
    return ArgumentError(
        "the native engine does not know this function",
        got=name,
        accepted=listed(VOCABULARY, most=40),
        hint='engine="numpy" runs any NumPy code',
    )


def place_shape(value: Any) -> Shape:
    """Rows and columns of an operand; a number has one of each."""
    return value.place.shape if isinstance(value, Symbol) else (1, 1)


def common_shape(inputs: tuple[Any, ...]) -> Shape:
    """The shape that the operands broadcast to."""
    shape = []
    for sizes in zip(*(place_shape(one) for one in inputs), strict=True):
        larger = {size for size in sizes if size != 1}
        if len(larger) > 1:
            shapes = [place_shape(one) for one in inputs]
            raise ShapeError("these shapes do not broadcast", got=shapes)
        shape.append(larger.pop() if larger else 1)
    return tuple(shape)


def product_shape(left: Symbol, right: Symbol) -> Shape:
    """The shape of a matrix product."""
    (rows, inner), (also_inner, cols) = place_shape(left), place_shape(right)
    if inner != also_inner:
        raise ShapeError("this product does not fit", got=(place_shape(left), place_shape(right)))
    return rows, cols
