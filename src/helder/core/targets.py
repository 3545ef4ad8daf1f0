"""What a network is compared with: class numbers become one-hot rows, numbers become columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helder.core.checking import check_count
from helder.errors import ArgumentError, ShapeError
from helder.typing import Array, Floats

NUMBERED = "classes, y = np.unique(labels, return_inverse=True) numbers any labels from 0"
FEW_CLASSES = 10  # distinct whole numbers that are classes wherever they begin


def numbers(values: npt.ArrayLike, what: str) -> Array:
    """An array of numbers, or an error that says what is there instead.

    Args:
        values: A list or array, of any shape.
        what: What the values are, for the error: "X", "y".

    Raises:
        ArgumentError: The values are text or objects, or lists of unequal length.
    """
    try:
        array = np.asarray(values)
    except ValueError:
        raise ArgumentError(
            f"{what} is no array: its rows have unequal lengths",
            accepted="rows that all have the same number of values",
        ) from None
    if array.dtype.kind in "fiub":
        return array
    kind = "text" if array.dtype.kind in "US" else f"values of type {array.dtype}"
    first = array.reshape(-1)[0] if array.size else None
    raise ArgumentError(
        f"{what} holds {kind}, and a network computes with numbers",
        got=first,
        accepted="numbers",
        hint=NUMBERED
        if what == "y"
        else "np.asarray(values, dtype=float) turns text such as '7.5' into numbers",
    )


def floats(values: npt.ArrayLike, what: str) -> Floats:
    """Lists and whole numbers as floats; what computes with floats already passes through."""
    if getattr(getattr(values, "dtype", None), "kind", None) == "f":
        return values  # type: ignore[return-value]
    return numbers(values, what).astype(float)


def one_hot(y: npt.ArrayLike, classes: int) -> Floats:
    """Class numbers as rows that hold a single 1: class 2 of 4 becomes `[0, 0, 1, 0]`.

    Args:
        y: Class numbers from 0 to `classes - 1`, shape (B,) or (B, 1).
        classes: How many classes there are. It is asked for, since a batch need not hold them all.

    Returns:
        Float64 array of shape (B, classes).

    Raises:
        ShapeError: y has another shape.
        ArgumentError: y is no class number, or is out of range.

    Source: an indicator coding of the categories, e.g. Bishop 2006, section 4.1.
    """
    check_count("classes", classes)
    labels = numbers(y, "y")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise ShapeError("y holds no class numbers", got=labels.shape, accepted="shape (B,)")
    with np.errstate(invalid="ignore"):  # NaN and infinity become numbers that are not equal
        codes = labels.astype(np.int64)
    if not np.array_equal(codes, labels):
        raise ArgumentError(
            "a class number is a whole number",
            got=float(labels[codes != labels][0]),
            accepted=f"0 to {classes - 1}",
        )
    outside = (codes < 0) | (codes >= classes)
    if outside.any():
        raise ArgumentError(
            f"there are {classes} classes, and this class number is not among them",
            got=int(codes[outside][0]),
            accepted=f"0 to {classes - 1}",
            hint=NUMBERED,
        )
    result = np.zeros((len(codes), classes))  # (B, C)
    result[np.arange(len(codes)), codes] = 1
    return result


def class_rows(y: npt.ArrayLike, outputs: int) -> Floats:
    """Targets of a softmax: class numbers (B,), or rows (B, C) that each sum to one."""
    array = numbers(y, "y")
    if array.ndim != 2 or array.shape[1] != outputs or outputs == 1:
        return one_hot(array, outputs)  # (B, C)
    if (array < 0).any() or not np.allclose(array.sum(axis=1), 1):
        raise ArgumentError(
            "the rows of a one-hot y hold no probabilities",
            accepted="rows that are not negative and sum to one",
            hint="several classes at once are a multilabel target: use a sigmoid output",
        )
    return array.astype(float, copy=False)  # (B, C)


def yes_no_columns(y: npt.ArrayLike, outputs: int) -> Floats:
    """Targets of a sigmoid: 0 or 1 for every output, shape (B,) or (B, outputs)."""
    array = number_columns(y, outputs)
    if (array < 0).any() or (array > 1).any():
        raise ArgumentError(
            "a sigmoid is compared with 0 and 1",
            got=float(array[(array < 0) | (array > 1)][0]),
            accepted="numbers from 0 to 1",
        )
    return array  # (B, n_out)


def count_columns(y: npt.ArrayLike, outputs: int) -> Floats:
    """Targets of a Poisson loss: counts, none of them negative, shape (B,) or (B, outputs)."""
    array = number_columns(y, outputs)
    if (array < 0).any():
        raise ArgumentError(
            "a count is never negative", got=float(array[array < 0][0]), accepted="0 and up"
        )
    return array  # (B, n_out)


def number_columns(y: npt.ArrayLike, outputs: int) -> Floats:
    """Targets of a regression: shape (B,) where there is one output, else (B, outputs)."""
    array = numbers(y, "y")
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] != outputs:
        raise ShapeError(
            f"y does not fit a network with {outputs} outputs",
            got=np.shape(y),
            accepted=f"(B, {outputs})" + (" or (B,)" if outputs == 1 else ""),
        )
    return array.astype(float, copy=False)  # (B, n_out)


def output_of(y: Array, asked: object = None) -> tuple[int, object]:
    """How many outputs a target asks for, and of which kind: "softmax", "sigmoid" or "linear".

    Args:
        y: The target, (N,) or (N, n_out).
        asked: The output or loss that a person asks for, which settles the kind.

    Raises:
        ShapeError: There are no rows.
        ArgumentError: Few whole numbers that look like classes, but do not count from 0.
    """
    if not y.size:
        raise ShapeError("there are no rows to see the kind of target from", got=y.shape)
    columns, whole = y.reshape(len(y), -1), y.dtype.kind in "iub"  # (N, n_out)
    if asked not in (None, "softmax", "categorical_cross_entropy"):
        return columns.shape[1], asked
    if columns.shape[1] == 1:
        return classes_of(columns) if whole else (1, "linear")
    zero_one = bool(((columns == 0) | (columns == 1)).all())
    if zero_one and (columns.sum(axis=1) == 1).all():
        return columns.shape[1], "softmax"
    return columns.shape[1], "sigmoid" if zero_one and whole else "linear"


def classes_of(labels: Array) -> tuple[int, str]:
    """Whole numbers 0 to C - 1 are classes, and many others are numbers to predict."""
    found = np.unique(labels)
    if found[0] == 0 and found[-1] == len(found) - 1:
        return max(len(found), 2), "softmax"
    if len(found) > FEW_CLASSES:
        return 1, "linear"
    raise ArgumentError(
        "these whole numbers do not say how many classes there are",
        got=[int(label) for label in found],
        accepted="class numbers 0 to C - 1, all of them present, or floats for a regression",
        hint=NUMBERED,
    )


def smoothed(y: Floats, amount: float, link_name: str) -> Floats:
    """Targets that leave a doubt: `(1 - amount) y + amount / C` (Szegedy et al. 2016).

    Args:
        y: One-hot rows, (B, C), or yes or no for every output, (B, n_out), which are two classes.
        amount: What part of a target is spread over all classes.
        link_name: What the network gives out: "softmax" or "sigmoid".

    Raises:
        ArgumentError: The targets are numbers, not classes.
    """
    if link_name not in ("softmax", "sigmoid"):
        raise ArgumentError(
            "only classes have labels to smooth", got=link_name, accepted="softmax, sigmoid"
        )
    classes = y.shape[1] if link_name == "softmax" else 2
    return (1 - amount) * y + amount / classes  # (B, n_out)
