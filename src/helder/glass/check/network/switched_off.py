"""Which options of a person's code a trial sets to what makes them do nothing: momentum 0, l2 0."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from helder.glass.check.network.binding.calls import (
    CONSTANTS,
    Context,
    like_default,
    roles_of,
)
from helder.glass.check.network.binding.held import last_name
from helder.glass.check.network.binding.roots import FunctionsRoot, ObjectRoot, set_to, setting
from helder.glass.check.network.judging.refining import called_by
from helder.glass.check.network.judging.verdicts import Judged
from helder.glass.check.network.roles import plain, role
from helder.glass.check.network.scripts.root import ScriptRoot
from helder.glass.check.reading.definitions import Definition

OFF = ("zero", "one")  # the roles whose value switches an option off


def switched_off(judged: Judged, definitions: Sequence[Definition]) -> str:
    """The options that a step was judged without, with their values; empty where there are none."""
    used = used_by(judged, definitions)
    reached = [*used, *called_by(used, definitions)]
    found: dict[str, str] = {}
    for name, value in [*of_parameters(used), *of_settings(judged, reached)]:
        found.setdefault(plain(name), f"{name} {value:g}")
    return ", ".join(found.values())


def used_by(judged: Judged, definitions: Sequence[Definition]) -> list[Definition]:
    """What is called to make the step, and the classes whose constructors it needs."""
    plans = [judged.plan, *([] if judged.update is None else [judged.update.plan])]
    steps = [step for plan in plans for step in (plan.forward, *plan.steps) if step is not None]
    owners = {judged.bound.name, *(step.owner for step in steps)}
    return [*steps, *(d for d in definitions if d.kind == "class" and d.path in owners)]


def of_parameters(used: Sequence[Definition]) -> Iterator[tuple[str, float]]:
    """The parameters that are given a value which switches something off."""
    for definition in used:
        said = roles_of(definition, Context({}))
        for parameter in definition.parameters:
            what = said.get(parameter.name)
            if what in OFF and parameter.kind not in ("args", "kwargs"):
                value = like_default(CONSTANTS[what], parameter.default)
                if isinstance(value, int | float):
                    yield parameter.name, value


def of_settings(judged: Judged, definitions: Sequence[Definition]) -> Iterator[tuple[str, float]]:
    """The same of what an object or the file holds, as far as the code that was used names it."""
    root = judged.bound.root
    held: dict[str, Any] = {}
    if isinstance(root, ObjectRoot):
        held = {**root.outer, **root.its_settings()}
    elif isinstance(root, FunctionsRoot):
        held = {**root.outer}
    elif isinstance(root, ScriptRoot):
        held = {n: v for n, v in root.held.items() if type(v) in (int, float) and role(n) in OFF}
    named = names_in(definitions)
    for path, value in set_to({}, held).items():
        name = last_name(path)
        if setting(path) in (*OFF, "rate") and name in named:
            yield name, value


def names_in(definitions: Sequence[Definition]) -> set[str]:
    """The names, attributes and keys that stand in this code."""
    found: set[str] = set()
    for definition in definitions:
        for node in ast.walk(definition.node):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                    found.add(name)
    return found
