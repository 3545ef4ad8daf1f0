"""Drafts of adapters: the person's own training lines, with rows and targets under our names."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from helder.glass.check.network.adapting.holders import OURS, Holders, UnresolvedError
from helder.glass.check.network.adapting.lines import LOSS, data_names, needed, only_data, useful
from helder.glass.check.network.adapting.loading import WORDS
from helder.glass.check.network.adapting.renaming import Drafting, Renaming
from helder.glass.check.network.adapting.scopes import Scope, names_stored
from helder.glass.check.network.adapting.sites import loop_targets, sites
from helder.glass.check.network.adapting.writing import UnknownError, Writer
from helder.glass.check.reading.definitions import last_name

MOST_LINES = 14


@dataclass(frozen=True)
class Draft:
    """An adapter but for its parameters and its forward.

    Attributes:
        made: The lines that make the network.
        names: What holds it: `net`, or several names.
        step: The lines of `step`.
        owner: The class whose instance it is, where it is known.
        called: What the person calls what holds it, in the same order.
        loss: The lines of a loss that is computed beside the step; none where none is.
    """

    made: tuple[str, ...]
    names: tuple[str, ...]
    step: tuple[str, ...]
    owner: str = ""
    called: tuple[str, ...] = ()
    loss: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of the only one that holds it."""
        return self.names[0]


def drafts(writer: Writer) -> Iterator[Draft]:
    """The ways in which the file's own lines make a step, the likeliest first."""
    met: set[Draft] = set()
    for shrinks, (scope, body, targets) in product((True, False), list(sites(writer))):
        writer.shrinks = shrinks
        for inner in (False, True):
            found = with_data(writer, scope, body, targets, inner)
            if found is not None and found not in met:
                met.add(found)
                yield found


def with_data(
    writer: Writer,
    scope: Scope,
    body: list[ast.stmt],
    loop: ast.For | ast.While | None,
    open_ifs: bool,
) -> Draft | None:
    """One draft; names that nothing tells of are taken to be rows and targets, in their order."""
    given: dict[str, str] = {}
    for _ in range(len(OURS)):
        try:
            return drafted(writer, scope, body, loop, open_ifs, given)
        except UnresolvedError as unknown:
            left = [what for what in ("X", "Y") if what not in unknown.data.values()]
            if not left:
                return None
            given[unknown.name] = left[0]
        except UnknownError:
            return None
    return None


def drafted(
    writer: Writer,
    scope: Scope,
    body: list[ast.stmt],
    loop: ast.For | ast.While | None,
    open_ifs: bool,
    given: dict[str, str],
) -> Draft | None:
    """One draft; None where these lines change nothing.

    Raises:
        UnresolvedError: Nothing tells what one of their names is.
        UnknownError: They cannot be written elsewhere.
    """
    whole = loop is None and len(body) == 1  # a call that trains, whatever it is called
    lines = [copy.deepcopy(line) for line in (body if whole else useful(body, open_ifs))]
    targets = loop_targets(scope, body, loop)
    drafting = Drafting(writer, scope)
    drafting.data = data_names(scope, lines, targets, loop, writer) | given
    lines = [line for line in lines if not only_data(line, drafting.data)]
    lines = needed([drafting.visit(line) for line in lines], scope, writer)
    drafting.renamed = {scope.itself: "net"} if scope.itself else {}
    if not lines or len(lines) > MOST_LINES:
        return None
    holders = Holders(writer, scope, drafting, lines, body[0])
    holders.resolve()
    step = [*holders.before, *(drafting.visit(line) for line in lines)]
    if scope.itself:
        made, owner = holders.of_class()
    else:
        made, owner = holders.of_function(), ""
    called = tuple(holders.names)
    if not called and not scope.itself:
        return None
    names = names_for(called, writer)
    renaming = Renaming(dict(zip(called, names, strict=True)) if called else {})
    step = [renaming.visit(line) for line in step]
    made = [text for line in made for text in unparsed(renaming.visit(ast.parse(line).body[0]))]
    texts = [*holders.of_data(names[0]), *(text for line in step for text in unparsed(line))]
    stored = set(itertools.chain.from_iterable(map(names_stored, step)))
    changed = [name for name in names if name in stored]
    head = [f"global {', '.join(changed)}"] if changed else []
    call = loss_call(body, writer)
    loss = [] if call is None else loss_lines(call, step, drafting, renaming)
    return Draft(tuple(made), names, (*head, *texts), owner, called, tuple(loss))


def loss_lines(
    call: ast.Call, step: Sequence[ast.stmt], drafting: Drafting, renaming: Renaming
) -> list[str]:
    """The lines that give a loss: those of the step before its call, then the call."""
    before = [line for line in step if getattr(line, "lineno", 0) < getattr(call, "lineno", 0)]
    own = renaming.visit(drafting.visit(copy.deepcopy(call)))
    return [*(text for line in before for text in unparsed(line)), f"return {ast.unparse(own)}"]


def loss_call(body: Sequence[ast.stmt], writer: Writer) -> ast.Call | None:
    """The call of the person's that computes a loss beside the step, by its name."""
    known = {*writer.code.by_name, *writer.code.methods}
    calls = (part for line in body for part in ast.walk(line) if isinstance(part, ast.Call))
    named = (call for call in calls if LOSS.fullmatch(last_name(call)))
    return next((call for call in named if last_name(call) in known), None)


def names_for(called: tuple[str, ...], writer: Writer) -> tuple[str, ...]:
    """What an adapter calls what the person calls so, whose function may have the same name."""
    taken = [name in WORDS or name in writer.code.by_name for name in called]
    if len(called) < 2:
        return ("net",) if not called or any(taken) else called
    return tuple(f"{name}_" if other else name for name, other in zip(called, taken, strict=True))


def unparsed(line: ast.stmt) -> list[str]:
    """A statement as lines."""
    return ast.unparse(ast.fix_missing_locations(line)).split("\n")
