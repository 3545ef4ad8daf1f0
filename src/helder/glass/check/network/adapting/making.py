"""The adapter of a file: drafts in the person's own lines, tried until one is understood."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helder.glass.check.network import roles
from helder.glass.check.network.adapting.bench import Bench
from helder.glass.check.network.adapting.drafting import Draft
from helder.glass.check.network.adapting.listing_text import in_order, listing
from helder.glass.check.network.adapting.scopes import Scope
from helder.glass.check.network.adapting.writing import (
    SETTINGS,
    UnknownError,
    Writer,
    by_name,
)
from helder.glass.check.network.binding.gathering import gathered
from helder.glass.check.network.binding.listing import ways_of
from helder.glass.check.network.binding.parameters import Slots, find_slots
from helder.glass.check.network.binding.planning import forward_rank
from helder.glass.check.network.case import Case
from helder.glass.check.network.judging.verdicts import Judged
from helder.glass.check.network.roles import role
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Thing, Value

OURS = re.compile(r"(?<![\w.])(make|parameters|forward|step)(?=\()(?!\(net\), \[)")
GRADIENTS_ALONE = "p -= learning_rate * g"  # the update that is ours
MOST_FORWARDS = 8
MOST_WAYS = 1
FORM = """\
def make():
{make}
def parameters(net):  # its own arrays: W1, b1, W2, b2
{parameters}
{forward}def step(net, X, Y, learning_rate):  # one update
{step}
"""
FORWARD = """\
def forward(net, X):  # what it gives for these rows
{forward}
"""


@dataclass(frozen=True)
class Tried:
    """An adapter and how far it went.

    Attributes:
        text: Without its imports.
        rank: The higher the farther.
        judged: What it was found to be; None where nothing was recognised.
    """

    text: str
    rank: int
    judged: Judged | None = None


def indented(lines: Sequence[str]) -> str:
    """Lines within a function."""
    return "\n".join(f"    {line}" for line in lines)


def mine(lines: Sequence[str]) -> list[str]:
    """Lines in which the person's functions of these names are told from the adapter's."""
    return [OURS.sub(r"mine.\1", line) for line in lines]


def attempts(bench: Bench, case: Case, writer: Writer, drafts: Iterator[Draft]) -> Iterator[Tried]:
    """The adapters that these drafts make, each tried."""
    for draft in drafts:
        if bench.deadline.over:
            return
        yield from tried(bench, case, writer, draft)


def tried(bench: Bench, case: Case, writer: Writer, draft: Draft) -> Iterator[Tried]:
    """One draft, with each way to list its arrays."""
    made = f"def make():\n{indented(mine(draft.made))}\n"
    if not bench.define(made):
        return
    outcome = bench.session.call("make")
    if outcome.problem is not None:
        return
    names = draft.names if len(draft.names) > 1 else ("net",)
    value = outcome.value
    if len(names) > 1:
        if not isinstance(value, tuple | list) or len(value) != len(names):
            return
        state = {p: v for n, one in zip(names, value, strict=True)
                 for p, v in bench.state_of(one, n).items()}  # fmt: skip
    else:
        state = bench.state_of(value, "net")
    kind = value.type_name if isinstance(value, Thing) else ""
    ways = find_slots(gathered(state))
    ways.sort(key=lambda slots: slots.inputs < slots.outputs)
    for slots in ways[:MOST_WAYS]:
        if bench.deadline.over:
            return
        yield listed(bench, case, writer, draft, slots, names, kind)


def listed(
    bench: Bench, case: Case, writer: Writer, draft: Draft, slots: Slots,
    names: Sequence[str], kind: str,
) -> Tried:  # fmt: skip
    """A draft with its arrays listed in one way."""
    shapes = [slot.shape for slot in in_order(slots)]
    lines: list[str] = []
    arrays: list[Value] = []
    for plainly in (False, True):
        lines = listing(slots, names, plainly=plainly)
        bench.define(f"def parameters(net):\n{indented(lines)}\n")
        arrays = bench.arrays()
        if sorted(a.shape for a in arrays) == sorted(shapes):
            break
    ways = ways_of(arrays) if arrays else ()
    forward = forward_of(bench, writer, draft, ways[0], len(arrays), kind) if ways else None
    ahead = rates(bench, kind)
    best = Tried("", 0)
    for begin in dict.fromkeys((tuple(ahead), ())):
        step = [*begin, *draft.unpacked, *draft.step]
        found = Tried(written(draft, lines, forward, step), 1)
        if ways and bench.define(found.text):
            found = ranked(found.text, bench.judged(arrays, case, bool(forward)), bool(forward))
        best = max(best, found, key=lambda one: one.rank)
        if found.judged is not None:
            break
    if ways and best.judged is None and not bench.grown:
        slots_in_turn = in_order(slots)
        if [slot.shape for slot in slots_in_turn] != [a.shape for a in arrays]:
            slots_in_turn = [*slots.weights, *(b for b in slots.biases if b is not None)]
        in_turn = [slot.path for slot in slots_in_turn]
        for text in with_gradients(bench, draft, lines, forward, arrays, in_turn):
            found = ranked(text, bench.judged(arrays, case, bool(forward)), bool(forward))
            best = max(best, found, key=lambda one: one.rank)
            if found.judged is not None:
                break
    return best


def ranked(text: str, judged: Judged | None, forward: bool) -> Tried:
    """An adapter that was judged."""
    rank = 2 + forward
    if judged is not None:
        rank += 2 + 2 * judged.recognition.right
    return Tried(text, rank, judged)


def written(
    draft: Draft, lines: Sequence[str], forward: Sequence[str] | None, step: Sequence[str]
) -> str:
    """The functions of an adapter."""
    forward, step = forward and mine(forward), mine(step)
    going = FORWARD.format(forward=indented(forward)) if forward else ""
    return FORM.format(
        make=indented(mine(draft.made)),
        parameters=indented(lines),
        step=indented(step),
        forward=going,
    )


def with_gradients(
    bench: Bench, draft: Draft, lines: Sequence[str], forward: Sequence[str] | None,
    arrays: Sequence[Value], paths: Sequence[str],
) -> Iterator[str]:  # fmt: skip
    """Adapters whose step is ours, with the gradients that the person's lines leave."""
    own = [line for line in draft.step if not line.startswith("return ")]
    for count in range(len(own), max(len(own) - 3, 0), -1):
        part = [*draft.unpacked, *own[:count]]
        if bench.deadline.over or own[count - 1].startswith(" "):
            return
        for last in (part, *([*part[:-1], f"found = {call}"] for call in calls_of(part[-1]))):
            text = written(draft, lines, forward, [*last, "return dict(locals())"])
            if not bench.define(text):
                continue
            gradients = bench.gradients(arrays, paths)
            if gradients:
                update = f"for p, g in zip(parameters(net), [{', '.join(gradients)}]):"
                step = [*last, update, f"    {GRADIENTS_ALONE}"]
                text = written(draft, lines, forward, step)
                if bench.define(text):
                    yield text


def calls_of(line: str) -> list[str]:
    """The calls in a line, the outer one first."""
    try:
        tree = ast.parse(line)
    except SyntaxError:
        return []
    calls = [part for part in ast.walk(tree) if isinstance(part, ast.Call)]
    plain = [c for c in calls if not (isinstance(tree.body[0], ast.Assign) and c is calls[0])]
    return [ast.unparse(call) for call in plain][:3]


def rates(bench: Bench, kind: str) -> list[str]:
    """Lines that give an object our learning rate, and no decay, where it keeps its own."""
    if not kind:
        return []
    value = bench.session.call("make").value
    if not isinstance(value, Thing):
        return []
    lines: list[str] = []
    for path, one in bench.session.state(value.handle).items():
        what = role(path.rpartition(".")[2])
        if isinstance(one, float) and what == "rate" and not lines:
            lines.append(f"net{path} = learning_rate")
        elif isinstance(one, float) and what in ("zero", "one") and path.count(".") == 1:
            wanted = SETTINGS[what]
            lines += [f"net{path} = {wanted}"] if one != float(wanted) else []
    return lines


def forward_of(
    bench: Bench, writer: Writer, draft: Draft, slots: Slots, count: int, kind: str
) -> list[str] | None:
    """The lines of forward; None where nothing of the person's goes forward."""
    names = draft.names if len(draft.names) > 1 else ("net",)
    found = list(going(writer, draft, kind))
    for text in found[:MOST_FORWARDS]:
        unpack = draft.unpacked if any(re.search(rf"\b{n}\b", text) for n in names) else []
        lines = mine([*unpack, f"return {text}"])
        if bench.define(f"def forward(net, X):\n{indented(lines)}\n") and bench.goes_forward(
            slots, count
        ):
            return lines
        if bench.deadline.over:
            break
    return None


def going(writer: Writer, draft: Draft, kind: str) -> Iterator[str]:
    """Calls that may go forward, by what they are called and take."""
    known = writer.code.definitions
    owner = draft.owner or kind
    mine = [d for d in known if d.kind == "method" and d.owner.rpartition(":")[2] == owner]
    mine = [d for d in mine if not d.name.startswith("__") or d.name == "__call__"]
    functions = [d for d in known if d.kind == "function"]
    takes = [d for d in [*mine, *functions] if not {"Y", "pairs"} & set(roles_of(d))]
    ranked = sorted(takes, key=lambda d: (
        not roles.means(roles.FORWARD, d.name), forward_rank(d), d.kind != "method"))  # fmt: skip
    for d in ranked:
        text = call_text(writer, draft, d)
        if text is not None:
            yield text


def roles_of(definition: Definition) -> list[str]:
    """What the parameters of a function are for."""
    return [role(p.name) or "" for p in definition.parameters if p.default is None]


def call_text(writer: Writer, draft: Draft, d: Definition) -> str | None:
    """A call with X; None where an argument is not known."""
    arguments: list[str] = []
    has_x, has_net = False, d.kind == "method"
    for p in d.parameters:
        if p.kind == "args":
            continue
        what = role(p.name)
        if p.name in draft.called:
            text: str | None = p.name if len(draft.names) > 1 else "net"
            has_net = True
        elif what == "X" and not has_x:
            text, has_x = "X", True
        elif p.default is not None:
            continue
        elif what == "parameters" or (not has_net and d.kind != "method" and not arguments):
            text, has_net = "net", True
        else:
            text = resolved(writer, d, p.name)
            if text is None and not has_x:
                text, has_x = "X", True
            if text is None:
                return None
        named = p.kind == "keyword" or len(arguments) < sum(
            q.kind == "positional" for q in d.parameters[: d.parameters.index(p)]
        )
        arguments.append(f"{p.name}={text}" if named else str(text))
    if not has_x or not has_net:
        return None
    return f"{'net.' if d.kind == 'method' else ''}{d.name}({', '.join(arguments)})"


def resolved(writer: Writer, d: Definition, name: str) -> str | None:
    """What callers give for a parameter, in names of the top level."""
    scope = next((s for s in writer.code.scopes if s.node is d.node), None)
    try:
        if isinstance(scope, Scope):
            return ast.unparse(writer.of_name(name, scope, "", 0))
    except UnknownError:
        pass
    what = role(name)
    return by_name(name) if what not in ("X", "Y") else None
