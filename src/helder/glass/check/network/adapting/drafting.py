"""Drafts of adapters: the person's own training lines, with rows and targets under our names."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from helder.glass.check.network.adapting.holders import OURS, Holders, UnresolvedError
from helder.glass.check.network.adapting.lines import data_names, needed, only_data, useful
from helder.glass.check.network.adapting.renaming import Drafting, Renaming
from helder.glass.check.network.adapting.scopes import Scope, names_stored
from helder.glass.check.network.adapting.sites import loop_targets, sites
from helder.glass.check.network.adapting.writing import UnknownError, Writer

MOST_LINES = 14


@dataclass(frozen=True)
class Draft:
    """An adapter but for its parameters and its forward.

    Attributes:
        made: The lines of `make`, its `return` within.
        names: What `make` gives: `net`, or several names.
        step: The lines of `step`.
        owner: The class whose instance `net` is, where it is known.
        called: What the person calls what `make` gives.
    """

    made: tuple[str, ...]
    names: tuple[str, ...]
    step: tuple[str, ...]
    owner: str = ""
    called: tuple[str, ...] = ()

    @property
    def unpacked(self) -> list[str]:
        """The line that gives several names what they stand for."""
        return [f"{', '.join(self.names)} = net"] if len(self.names) > 1 else []


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
    lines = [copy.deepcopy(line) for line in useful(body, open_ifs)]
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
    names = called if len(called) > 1 else ("net",)
    if len(called) == 1:
        step = [Renaming(called[0]).visit(line) for line in step]
    texts = [*holders.of_data(), *(text for line in step for text in unparsed(line))]
    stored = set(itertools.chain.from_iterable(map(names_stored, step)))
    if stored & set(names):
        texts.append(f"return {', '.join(names)}")
    return Draft(tuple(made), names, tuple(texts), owner, called)


def unparsed(line: ast.stmt) -> list[str]:
    """A statement as lines."""
    return ast.unparse(ast.fix_missing_locations(line)).split("\n")
