"""Adapters for networks that are made of functions within a function, which it hands out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from helder.glass.check.network import roles
from helder.glass.check.network.adapting.bench import Bench
from helder.glass.check.network.adapting.loading import WORDS
from helder.glass.check.network.adapting.making import Tried, function, ranked, stepping
from helder.glass.check.network.adapting.scopes import FUNCTIONS, Scope
from helder.glass.check.network.adapting.writing import UnknownError, Writer
from helder.glass.check.network.case import Case

HELD = re.compile(r"\w*(param|weight|theta|pes|gewicht|poids|state|get)\w*", re.IGNORECASE)


@dataclass(frozen=True)
class Handed:
    """A function that hands out functions.

    Attributes:
        made: The line that calls it.
        known: What each of its functions is called in the adapter, with its parameters.
    """

    made: str
    known: dict[str, list[str]]


def attempts_of_closures(bench: Bench, case: Case, writer: Writer) -> Iterator[Tried]:
    """The adapters that call what a function of the file hands out."""
    for scope in writer.code.scopes:
        found = None if isinstance(scope.node, ast.Module) else handed_out(writer, scope)
        if found is not None and not bench.deadline.over:
            yield from tried(bench, case, found)


def handed_out(writer: Writer, scope: Scope) -> Handed | None:
    """What a function hands out, if these are functions of its own."""
    inner = {part.name: part for part in scope.node.body if isinstance(part, FUNCTIONS)}
    last = scope.node.body[-1]
    given = last.value if isinstance(last, ast.Return) else None
    if not inner or not isinstance(given, ast.Tuple):
        return None
    names = [part.id if isinstance(part, ast.Name) else "" for part in given.elts]
    if len(names) < 2 or not all(name in inner for name in names):
        return None
    called = [f"{name}_" if name in WORDS else name for name in names]
    known = {
        new: [a.arg for a in inner[name].args.args] for new, name in zip(called, names, strict=True)
    }
    for call, place in writer.code.calls.get(scope.name, ()):
        try:
            made = writer.call(call, place, 0)
        except UnknownError:
            continue
        if isinstance(made, ast.Call):
            more = {k.arg for k in made.keywords}
            definition = writer.code.by_name[scope.name]
            made.keywords += writer.settings(definition, more)
        text = ast.unparse(ast.fix_missing_locations(made))
        return Handed(f"{', '.join(called)} = {text}", known)
    return None


def tried(bench: Bench, case: Case, found: Handed) -> Iterator[Tried]:
    """The adapters in which these functions are what their parameters say."""
    held = [name for name, takes in found.known.items() if not takes and HELD.fullmatch(name)]
    going = [name for name, takes in found.known.items() if len(takes) == 1]
    steps = [
        name for name, takes in found.known.items()
        if len(takes) > 1 and {"X", "Y"} <= {roles.role(one) for one in takes}
    ]  # fmt: skip
    going.sort(key=lambda name: not roles.means(roles.FORWARD, name))
    for params, step, forward in product(held, steps, [*going, ""]):
        head = f"{found.made}\n" + function("parameters()", [f"return {params}()"])
        if not bench.begins(head) or not bench.arrays():
            continue
        head += function("forward(X)", [f"return {forward}(X)"]) if forward else ""
        rate = [one for one in found.known[step] if roles.role(one) == "rate"]
        call = f"{step}(X, Y{', learning_rate' if rate else ''})"
        one = ranked(bench, case, bench.arrays(), head + stepping([call]))
        yield one
        if one.judged is not None:
            return
