"""The adapter of a file: drafts in the person's own lines, tried until one is understood."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helder.glass.check.findings import NetworkCheck
from helder.glass.check.network import roles
from helder.glass.check.network.adapting.bench import Bench
from helder.glass.check.network.adapting.drafting import Draft
from helder.glass.check.network.adapting.listing_text import in_order, listing
from helder.glass.check.network.adapting.loading import WORDS, defined
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

OURS = re.compile(rf"(?<![\w.])({'|'.join(WORDS)})(?=\()")
LONGEST = 88  # of a function in one line
LOCALS = "return dict(locals())"
RATE = re.compile(r"\blearning_rate\b")
MOST_FORWARDS = 8
MOST_WAYS = 1


@dataclass(frozen=True)
class Tried:
    """An adapter and how far it went.

    Attributes:
        text: Without its imports.
        rank: The higher the farther.
        judged: What it was found to be; None where nothing was recognised.
        finding: What its own loss says, where that was asked.
    """

    text: str
    rank: int
    judged: Judged | None = None
    finding: NetworkCheck | None = None

    @property
    def right(self) -> bool:
        """Whether what it leads to is right."""
        judged = self.judged is not None and self.judged.recognition.right
        return judged or self.finding is not None


def function(head: str, lines: Sequence[str]) -> str:
    """A function of an adapter, in one line where it fits.

    In its lines the person's functions of the same names are told from the adapter's.
    """
    lines = list(map(mine, lines))
    short = f"def {head}: {lines[0]}"
    if len(lines) == 1 and len(short) <= LONGEST:
        return f"{short}\n"
    return "\n".join([f"def {head}:", *(f"    {line}" for line in lines), ""])


def making(draft: Draft) -> str:
    """The lines of an adapter that make the network."""
    return "".join(f"{mine(line)}\n" for line in draft.made)


def mine(line: str) -> str:
    """A line in which the person's functions of our names are told from the adapter's."""
    return OURS.sub(r"mine.\1", line)


def attempts(bench: Bench, case: Case, writer: Writer, drafts: Iterator[Draft]) -> Iterator[Tried]:
    """The adapters that these drafts make, each tried."""
    for draft in drafts:
        if bench.deadline.over:
            return
        yield from tried(bench, case, writer, draft)


def tried(bench: Bench, case: Case, writer: Writer, draft: Draft) -> Iterator[Tried]:
    """One draft, with each way to list its arrays."""
    if not bench.begins(making(draft)):
        return
    values = {name: bench.session.read(name).value for name in draft.names}
    state = {p: v for n, one in values.items() for p, v in bench.state_of(one, n).items()}
    first = values[draft.name]
    kind = first.type_name if isinstance(first, Thing) and len(values) == 1 else ""
    ways = find_slots(gathered(state))
    ways.sort(key=lambda slots: slots.inputs < slots.outputs)
    for slots in ways[:MOST_WAYS]:
        if bench.deadline.over:
            return
        yield listed(bench, case, writer, draft, slots, kind)


def listed(
    bench: Bench, case: Case, writer: Writer, draft: Draft, slots: Slots, kind: str
) -> Tried:
    """A draft with its arrays listed in one way."""
    shapes = [slot.shape for slot in in_order(slots)]
    head, arrays = "", list[Value]()
    for plainly in (False, True):
        head = making(draft) + function("parameters()", [listing(slots, plainly=plainly)])
        bench.define(head)
        arrays = bench.arrays()
        if sorted(a.shape for a in arrays) == sorted(shapes):
            break
    ways = ways_of(arrays)
    going = forward_of(bench, writer, draft, head, ways[0], len(arrays), kind) if ways else None
    head += going or ""
    best = Tried(head + stepping(draft.step), 1)
    for begin in dict.fromkeys((tuple(rates(bench, draft, kind)), ())) if ways else ():
        found = ranked(bench, case, arrays, head + stepping([*begin, *draft.step]))
        best = max(best, found, key=lambda one: one.rank)
        if found.judged is not None:
            break
    if ways and best.judged is None and not bench.grown:
        slots_in_turn = in_order(slots)
        if [slot.shape for slot in slots_in_turn] != [a.shape for a in arrays]:
            slots_in_turn = [*slots.weights, *(b for b in slots.biases if b is not None)]
        in_turn = [slot.path for slot in slots_in_turn]
        for text in with_gradients(bench, draft, head, arrays, in_turn):
            found = ranked(bench, case, arrays, text)
            best = max(best, found, key=lambda one: one.rank)
            if found.judged is not None:
                break
    return best


def stepping(lines: Sequence[str]) -> str:
    """The function that makes a step of these lines."""
    if len(lines) == 1 and re.match(r"[a-z_]\w*\(", lines[0]):
        lines = [f"return {lines[0]}"]  # it may give the new parameters
    takes = ", learning_rate" if any("learning_rate" in line for line in lines) else ""
    return function(f"step(X, Y{takes})", lines)


def ranked(bench: Bench, case: Case, arrays: Sequence[Value], text: str) -> Tried:
    """An adapter, judged."""
    if not bench.define(text):
        return Tried(text, 1)
    words = defined(ast.parse(text))
    judged = bench.judged(arrays, case, words)
    rank = 2 + ("forward" in words)
    if judged is not None:
        rank += 2 + 2 * judged.recognition.right
    return Tried(text, rank, judged)


def with_gradients(
    bench: Bench, draft: Draft, head: str, arrays: Sequence[Value], paths: Sequence[str]
) -> Iterator[str]:
    """Adapters whose step is ours, with the gradients that the person's lines leave."""
    own = [RATE.sub("0.1", line) for line in draft.step]
    for count in range(len(own), max(len(own) - 3, 0), -1):
        part = own[:count]
        if bench.deadline.over or own[count - 1].startswith((" ", "global ")):
            return
        for last in (part, *([*part[:-1], f"found = {call}"] for call in calls_of(part[-1]))):
            if not bench.define(head + function("step(X, Y, rate)", [*last, LOCALS])):
                continue
            gradients = bench.gradients(arrays, paths, draft.names)
            if gradients:
                given = f"return [{', '.join(gradients)}]"
                yield head + function("gradients(X, Y)", [*last, given])


def calls_of(line: str) -> list[str]:
    """The calls in a line, the outer one first."""
    try:
        tree = ast.parse(line)
    except SyntaxError:
        return []
    calls = [part for part in ast.walk(tree) if isinstance(part, ast.Call)]
    plain = [c for c in calls if not (isinstance(tree.body[0], ast.Assign) and c is calls[0])]
    return [ast.unparse(call) for call in plain][:3]


def rates(bench: Bench, draft: Draft, kind: str) -> list[str]:
    """Lines that give an object our learning rate, and no decay, where it keeps its own."""
    value = bench.session.read(draft.name).value if kind else None
    if not isinstance(value, Thing):
        return []
    lines: list[str] = []
    for path, one in bench.session.state(value.handle).items():
        what = role(path.rpartition(".")[2])
        if isinstance(one, float) and what == "rate" and not lines:
            lines.append(f"{draft.name}{path} = learning_rate")
        elif isinstance(one, float) and what in ("zero", "one") and path.count(".") == 1:
            wanted = SETTINGS[what]
            lines += [f"{draft.name}{path} = {wanted}"] if one != float(wanted) else []
    return lines


def forward_of(
    bench: Bench, writer: Writer, draft: Draft, head: str, slots: Slots, count: int, kind: str
) -> str | None:
    """The function that goes forward; None where nothing of the person's does."""
    calls = [*list(going(writer, draft, kind))[:MOST_FORWARDS], *own_way(draft)]
    for call in dict.fromkeys(calls):
        text = function("forward(X)", [f"return {call}"])
        if bench.define(head + text) and bench.goes_forward(slots, count):
            return text
        if bench.deadline.over:
            break
    return None


def own_way(draft: Draft) -> Iterator[str]:
    """What the step makes of the rows first: `premier.avant(X)`."""
    for line in draft.step:
        node = parsed_line(line)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            names = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
            if "X" in names and "Y" not in names:
                yield ast.unparse(node.value)
            return


def parsed_line(line: str) -> ast.stmt | None:
    """A line as a statement; None where it is a part of one."""
    try:
        return ast.parse(line).body[0]
    except (SyntaxError, IndexError):
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


def call_text(
    writer: Writer, draft: Draft, d: Definition, data: Sequence[str] = ("X",)
) -> str | None:
    """A call with rows, and with targets where `data` has them; None where one is not known."""
    arguments: list[str] = []
    given, has_net = set[str](), d.kind == "method"
    known = dict(zip(draft.called, draft.names, strict=False))
    for p in d.parameters:
        if p.kind == "args":
            continue
        what = role(p.name)
        if p.name in known:
            text: str | None = known[p.name]
            has_net = True
        elif what is not None and what in data and what not in given:
            text = what
            given.add(what)
        elif p.default is not None:
            continue
        elif what in ("zero", "one"):
            text = by_name(p.name)
        elif what == "parameters" or (not has_net and d.kind != "method" and not arguments):
            text, has_net = draft.name, True
        else:
            text = resolved(writer, d, p.name)
            left = [one for one in data if one not in given]
            if text is None and not left:
                return None
            if text is None:
                text = left[0]
                given.add(text)
        named = p.kind == "keyword" or len(arguments) < sum(
            q.kind == "positional" for q in d.parameters[: d.parameters.index(p)]
        )
        arguments.append(f"{p.name}={text}" if named else str(text))
    if len(given) < len(data) or not has_net:
        return None
    owner = f"{draft.name}." if d.kind == "method" else ""
    return f"{owner}{d.name}({', '.join(arguments)})"


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
