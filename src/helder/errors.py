"""Every error is a small lesson: what is wrong, what we got, what is accepted, and a hint.

The tree:

    HelderError
    ├── ArgumentError (ValueError)     an option or argument that cannot be used
    │   └── ShapeError                 an array whose shape does not fit
    ├── DataError (ValueError)         a table that cannot be used as it is
    ├── ModelFileError (ValueError)    a model file that is not one, or is damaged
    └── NothingKeptError               a training that left no network to keep

A warning is for what works, and not as a person may think:

    HelderWarning (UserWarning)
    └── ShortenedWarning               a fit in limited time that was shortened
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")

LONGEST_SHOWN = 60  # characters of a value that an error repeats


class HelderError(Exception):
    """The root of the tree; its text is built here, and only here.

    Args:
        what: What is wrong, as a sentence without its final stop.
        got: The value that we met; shown escaped and shortened.
        accepted: What would have been accepted.
        hint: What to do about it.
        where: The place: a file, a line, a column.
    """

    def __init__(
        self,
        what: str,
        *,
        got: object = None,
        accepted: str | None = None,
        hint: str | None = None,
        where: str | None = None,
    ) -> None:
        self.what, self.got, self.accepted, self.hint, self.where = what, got, accepted, hint, where
        first = f"{where}: {what}" if where else what
        if got is not None:
            first += f": got {shown(got)}"
        second = [ended(f"Accepted: {accepted}") if accepted else ""]
        second += [ended(f"Hint: {hint}") if hint else ""]
        text = ended(first) + ("\n" + " ".join(part for part in second if part)).rstrip()
        super().__init__(text)

    def __str__(self) -> str:
        return str(self.args[0])


class ArgumentError(HelderError, ValueError):
    """An option or argument that cannot be used."""


class ShapeError(ArgumentError):
    """An array whose shape does not fit what it is given to."""


class DataError(HelderError, ValueError):
    """A table that cannot be used as it is."""


class ModelFileError(HelderError, ValueError):
    """A model file that is not one, is damaged, or asks for something that is missing."""


class NothingKeptError(HelderError):
    """A training that ran off to infinity before there was a network to keep."""


class HelderWarning(UserWarning):
    """The root of what works, and not as a person may think."""


class ShortenedWarning(HelderWarning):
    """A fit had less time than it would have taken, and was shortened."""


class InterruptedWarning(HelderWarning):
    """Ctrl-C ended a fit; what was best until then is kept."""


def ended(sentence: str) -> str:
    """A sentence with its final stop."""
    return sentence if sentence.endswith(("?", ".", "…")) else sentence + "."


def shown(value: object) -> str:
    """A value as an error repeats it: escaped, so that no control character passes, and short."""
    text = repr(getattr(value, "item", lambda: value)() if is_numpy_scalar(value) else value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def is_numpy_scalar(value: object) -> bool:
    """Whether a value would show its NumPy type beside its number."""
    return type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0


def place(file: object, line: int | None = None, column: str | None = None) -> str:
    """The place of a mistake, as every error names it: `sleep.csv, line 7, column 'Age'`."""
    parts = [str(file)]
    if line is not None:
        parts.append(f"line {line}")
    if column is not None:
        parts.append(f"column {shown(column)}")
    return ", ".join(parts)


def listed(names: Iterable[object], most: int = 8) -> str:
    """Names as a sentence lists them, cut off after `most`."""
    texts = [str(name) for name in names]
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like this one, or None where none is near."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(near: str | None) -> str | None:
    """The hint that names what was probably meant."""
    return None if near is None else f"did you mean {shown(near)}?"


def name_is_taken(name: str) -> ArgumentError:
    """The error for a formula of one's own that bears the name of another in the book."""
    return ArgumentError(
        "a formula in the book has this name already",
        got=name,
        hint="give yours another: a model file knows formulas by name",
    )


def pick(name: object, known: Mapping[str, T], what: str, also: str | None = None) -> T:
    """The entry of a registry that has this name.

    Args:
        name: The name that was asked for.
        known: The registry.
        what: What the registry holds, for the error: "activation".
        also: What else would have been accepted in its place.

    Raises:
        ArgumentError: The registry has no such name.
    """
    if isinstance(name, str) and name in known:
        return known[name]
    near = nearest(str(name), known)
    raise ArgumentError(
        f"no {what} has this name",
        got=name,
        accepted=listed(known, most=20) + (f", or {also}" if also else ""),
        hint=did_you_mean(near),
    )
