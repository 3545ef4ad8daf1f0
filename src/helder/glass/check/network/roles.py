"""What a parameter or a function is for, by its name: a guess, from `names.toml`, to be proved."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources

FORWARD, BACKWARD, UPDATE, TRAIN, MAKING = "forward", "backward", "update", "train", "making"
NO_SIZES = re.compile(r"activ|func|fn|loss|optim|init|weight|bias", re.IGNORECASE)

NO_SIZE_ROLES = frozenset({"batch", "rate", "epochs", "zero", "one", "quiet", "every", "test"})


@functools.cache
def patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    """For each table of the file a pattern for each role, in their order."""
    text = resources.files(__package__).joinpath("names.toml").read_text("utf-8")
    return {
        table: {role: re.compile("|".join(names)) for role, names in found.items()}
        for table, found in tomllib.loads(text).items()
    }


@functools.cache
def plain(name: str) -> str:
    """A name without underscores, in lower case."""
    return re.sub(r"[_\W]", "", name).lower()


@functools.cache
def role(name: str) -> str | None:
    """What a parameter of a function is for; None where its name does not say."""
    return first("parameters", name)


@functools.cache
def loosely(name: str) -> str | None:
    """What a parameter that must be given may be for, by a part of its name: `inputColumn`."""
    return None if size_role(name) is not None else first("loosely", name)


@functools.cache
def without_test(name: str) -> str:
    """A name of data to test with, as that to train with is called: `x` of `x_val`."""
    return re.sub(r"(test|validation|valid|val|dev|cv|eval)(ing|ation)?|(?<=^[xyt])(v|va|te)$", "",
                  plain(name))  # fmt: skip


@functools.cache
def size_role(name: str) -> str | None:
    """What a parameter says about sizes; None where it is not about them."""
    if NO_SIZES.search(name) or role(name) in NO_SIZE_ROLES:
        return None
    return first("sizes", name)


def first(table: str, name: str) -> str | None:
    """The first role whose pattern matches the whole name."""
    found = patterns()[table].items()
    return next((what for what, pattern in found if pattern.fullmatch(plain(name))), None)


@functools.cache
def means(what: str, name: str) -> bool:
    """Whether a function's name says that it does this."""
    pattern = patterns()["functions"][what]
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().lstrip("_")
    return pattern.fullmatch(snake) is not None or pattern.fullmatch(plain(name)) is not None
