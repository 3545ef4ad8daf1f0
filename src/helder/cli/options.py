"""The options that several verbs share, and the types of their values."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from helder.errors import ArgumentError
from helder.table import Table, read_table
from helder.table.marks import Marks

Verb = TypeVar("Verb", bound=Callable[..., Any])


class Listed(click.ParamType[tuple[str, ...]]):
    """Names between commas; one that holds a comma stands in quotes, as in a CSV file."""

    name = "A,B,..."

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        row = next(csv.reader([str(value)], skipinitialspace=True), [])
        names = tuple(name.strip() for name in row)
        if not names or not all(names):
            self.fail(f"{value!r} is no list of names between commas", param, ctx)
        return names


def listed(option: str, **how: Any) -> Callable[[Verb], Verb]:
    """An option of names between commas, which may be given again and again."""

    def together(ctx: Any, param: Any, given: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
        return tuple(name for names in given for name in names)

    return click.option(option, type=Listed(), multiple=True, callback=together, **how)


class Units(click.ParamType[tuple[int, ...]]):
    """The units of the hidden layers."""

    name = "3,2"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        if value in ("", "none"):
            return ()
        try:
            return tuple(int(units) for units in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is no list such as 64,64 (none: a linear model)", param, ctx)


class Tried(click.ParamType[tuple[str, tuple[float, ...]]]):
    """A hyperparameter, and the values to try of it."""

    name = "NAME=a,b,..."

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, tuple[float, ...]]:
        if isinstance(value, tuple):
            return value
        name, sign, values = str(value).partition("=")
        try:
            if sign:
                return name.strip().replace("-", "_"), tuple(map(float, values.split(",")))
        except ValueError:
            pass
        return self.fail(f"{value!r} is not like learning_rate=0.001,0.01", param, ctx)


def reading(verb: Verb) -> Verb:
    """Options of every verb that reads a table."""
    for option in (
        click.option("--thousands", metavar="MARK", help="Thousands mark: , . or space."),
        click.option("--decimal", metavar="MARK", help="Decimal mark: . or ,"),
        click.option("--sep", metavar="MARK", help="What separates the cells: , ; | or tab."),
    ):
        verb = option(verb)
    return verb


def answering(verb: Verb) -> Verb:
    """Options of every verb that has an answer."""
    for option in (
        click.option("--debug", is_flag=True, help="Show the traceback of an error."),
        click.option("--quiet", is_flag=True, help="Say nothing but errors."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead."),
    ):
        verb = option(verb)
    return verb


def overwritten(path: str, *given: str | None) -> None:
    """Raises ArgumentError where a file that is written would replace one that is read."""
    for other in given:
        if other is not None and os.path.realpath(path) == os.path.realpath(other):
            raise ArgumentError(
                "this would write over a file that is read",
                got=path,
                accepted="another name for what is written",
            )


def read(
    path: str,
    sep: str | None,
    decimal: str | None,
    thousands: str | None,
    like: Marks | None = None,
) -> Table:
    """The table of a file, by the options of `reading`; `like` settles what it leaves open."""
    return read_table(path, separator=sep, decimal=decimal, thousands=thousands, like=like)
