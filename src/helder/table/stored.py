"""Writes the steps of a plan as plain values, and reads them back with every check."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

from helder.table import strict
from helder.table.steps import STEPS, Step
from helder.table.strong_steps import STRONG_STEPS

SAVED: Mapping[str, type[Step]] = {step.saved_as: step for step in (*STEPS.values(), *STRONG_STEPS)}


def step_to_dict(step: Step) -> dict[str, object]:
    """The step as plain values that JSON can hold."""
    fields = {field: getattr(step, field) for field in fields_of(type(step))}
    plain = {
        key: list(value) if isinstance(value, tuple) else value for key, value in fields.items()
    }
    return {"kind": step.saved_as, **plain}


def step_from_dict(value: object) -> Step:
    """The step that `step_to_dict` wrote; DataError where it is anything else."""
    kind = value.get("kind") if isinstance(value, dict) else None
    cls = SAVED.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise strict.refuse("a step of a known kind is missing", kind)
    found = strict.record(value, ("kind", *fields_of(cls)))
    return cls.read(strict.text(found["name"]), found)


def fields_of(step: type[Step]) -> tuple[str, ...]:
    """The names of the values that a step consists of."""
    return tuple(field.name for field in dataclasses.fields(cast(Any, step)))
