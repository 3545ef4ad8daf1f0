"""Values that somebody's functions hand on, with the person's own objects within them."""

from __future__ import annotations

import re
from typing import Any

from helder.glass.check.network.binding.calls import flattened, with_item
from helder.glass.check.session import Session, Thing, Value


def within(session: Session, value: Value, path: str = "") -> dict[str, Value]:
    """The arrays and numbers within a value, those of objects too, by their path."""
    if isinstance(value, Thing):
        return {path + inner: one for inner, one in session.state(value.handle).items()}
    found = flattened(value, path)
    for step, part in parts(value):
        if isinstance(part, Thing):
            found |= within(session, part, path + step)
    return found


def copied(session: Session, value: Value) -> Value:
    """The same value with copies of the objects in it."""
    if isinstance(value, Thing):
        return session.copy(value.handle).value
    if isinstance(value, dict):
        return {key: copied(session, part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        found = [copied(session, part) for part in value]
        return tuple(found) if isinstance(value, tuple) else found
    return value


def replaced(session: Session, value: Value, path: str, new: Value) -> Value:
    """A value with what stands at a path replaced; an object changes where it is."""
    if isinstance(value, Thing):
        session.assign(value.handle + path, new)
        return value
    for step, part in parts(value):
        if isinstance(part, Thing) and path.startswith(step):
            session.assign(part.handle + path[len(step) :], new)
            return value
    return with_item(value, path, new)


def parts(value: Value) -> list[tuple[str, Any]]:
    """The elements of a list, a tuple or a dict, by the step that leads to each."""
    if isinstance(value, dict):
        return [(f"[{key!r}]", part) for key, part in value.items()]
    if isinstance(value, list | tuple):
        return [(f"[{at}]", part) for at, part in enumerate(value)]
    return []


def last_name(path: str) -> str:
    """What a path ends with: `lr` of `cfg['lr']`."""
    return re.split(r"[.\[]", path)[-1].strip("']")
