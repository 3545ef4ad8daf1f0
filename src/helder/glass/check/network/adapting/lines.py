"""The lines of a training loop: which make the step, and which of their names are data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from helder.glass.check.network.adapting.scopes import Scope, names_read, names_stored, opened
from helder.glass.check.network.adapting.writing import Writer, local
from helder.glass.check.network.roles import role
from helder.glass.check.reading.definitions import last_name

IDLE = re.compile(
    r"print|plt|log(ger|ging)?|append|extend|info|debug|shuffle|seed|tqdm|set_\w+|write|flush|sleep"
    r"|plot|show|save\w*|sys|title|figure|legend|exit|time|score|summary|isclose|raise_\w+",
)
SCORE = re.compile(
    r"\w*(loss|cost|err|acc|score|mse|perte|fout|fehler|coste|costo|custo|correct|hit)\w*"
    r" *[-+]?= *\S",
    re.IGNORECASE,
)
LOSS = re.compile(
    r"\w*(loss|cost|err|mse|nll|perte|fout|fehler|coste|costo|custo|entrop|criteri|objective|energy"
    r"|deviance|likelihood|verlust|perdida|perdita|value_and)\w*",
    re.IGNORECASE,
)
PAIRED = "list(zip(X, Y))"
LOOPS = (ast.For, ast.While)


def useful(body: Sequence[ast.stmt], open_ifs: bool) -> Iterator[ast.stmt]:
    """The statements of a loop without what only shows, counts or decides."""
    for line in body:
        if isinstance(line, ast.If):
            if open_ifs:
                yield from useful(line.body, open_ifs)
        elif isinstance(line, ast.With | ast.Try):
            yield from useful(line.body, open_ifs)
        elif isinstance(line, ast.Assign | ast.AugAssign | ast.For | ast.AnnAssign) or (
            isinstance(line, ast.Expr) and isinstance(line.value, ast.Call) and not is_idle(line)
        ):
            yield line


def is_idle(line: ast.stmt) -> bool:
    """Whether a statement only shows something, keeps a list, or draws an order."""
    call = line.value if isinstance(line, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return False
    names = [last_name(call), root_of(call.func)]
    return any(IDLE.fullmatch(name) for name in names if name)


def root_of(node: ast.expr) -> str:
    """`net` of `net.layers[0].add`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def data_names(
    scope: Scope,
    lines: Sequence[ast.stmt],
    targets: Sequence[str],
    loop: ast.For | ast.While | None,
    writer: Writer,
) -> dict[str, str]:
    """Which names are rows and which are targets: by what they are called, or how they are used."""
    counts = (
        isinstance(loop, ast.For)
        and isinstance(loop.iter, ast.Call)
        and (last_name(loop.iter) in ("range", "permutation", "array_split", "trange"))
    )
    bare = [] if counts else [t for t in targets if t != "_"]
    picked = picked_from(lines, {*targets, *index_names(lines, targets)})
    read = [name for line in lines for name in names_read(line)]
    stored = {name for line in lines for name in names_stored(line)}
    used = {part.id for line in lines for part in ast.walk(line) if isinstance(part, ast.Name)}
    candidates = [n for n in dict.fromkeys([*bare, *picked, *read]) if n in used]
    found: dict[str, str] = {}
    for name in candidates:
        what = role(name)
        is_free = name in bare or name in picked or (name not in stored and local_or_unknown(
            name, scope, writer))  # fmt: skip
        if what in ("X", "Y") and (
            is_free or is_cut(name, lines) or is_derived(name, lines, targets, writer)
        ):
            found[name] = what
    for name in candidates:
        if role(name) == "pairs" and not found and name not in stored:
            return {name: PAIRED}
    for name in [*bare, *picked]:  # by their order, where names say nothing
        left = [what for what in ("X", "Y") if what not in found.values()]
        if name not in found and left and name in used and role(name) in (None, "pairs", "output"):
            found[name] = left[0]
    return found


def picked_from(lines: Sequence[ast.stmt], indices: set[str]) -> list[str]:
    """The names of what is read at these indices: `X[i]`."""
    return [
        part.value.id
        for line in lines
        for part in ast.walk(line)
        if isinstance(part, ast.Subscript)
        and isinstance(part.value, ast.Name)
        and isinstance(part.ctx, ast.Load)
        and set(names_read(part.slice)) & indices
    ]


def index_names(lines: Sequence[ast.stmt], targets: Sequence[str]) -> set[str]:
    """The names of rows that are picked: made in the loop, by no function of the person's."""
    found: set[str] = set()
    for line in lines:
        if isinstance(line, ast.Assign) and len(line.targets) == 1:
            reads = set(names_read(line.value))
            draws = any(
                w in ast.unparse(line.value) for w in ("rand", "choice", "perm", "integers")
            )
            if reads & {*targets, *found} or draws:
                found |= set(names_stored(line.targets[0]))
    return found


def is_cut(name: str, lines: Sequence[ast.stmt]) -> bool:
    """Whether a name is made in the loop as a part of something: `xb = x[i:j]`."""
    makers = [line for line in lines if isinstance(line, ast.Assign) and name in names_stored(line)]
    return bool(makers) and all(
        not any(isinstance(part, ast.Call) and is_own(part) for part in ast.walk(line.value))
        for line in makers
    )


def is_derived(
    name: str, lines: Sequence[ast.stmt], targets: Sequence[str], writer: Writer
) -> bool:
    """Whether a name is made of what the loop goes through alone: `inputs = scale(row)`."""
    derived = set(targets)
    for line in lines:
        stored = names_stored(line)
        reads = {n for n in names_read(line) if not writer.known(n)}
        if isinstance(line, ast.Assign) and reads and reads <= derived:
            if name in stored:
                return True
            derived |= set(stored)
    return False


def is_own(call: ast.Call) -> bool:
    """Whether a call may be one of the person's functions."""
    return root_of(call.func) not in ("np", "numpy") and last_name(call) not in (
        "reshape", "range", "len", "min", "max", "int", "next", "array", "copy", "float",
    )  # fmt: skip


def local_or_unknown(name: str, scope: Scope, writer: Writer) -> bool:
    """Whether a name is the scope's own, or the file could not make it."""
    return local(name, scope) or not writer.known(name)


def only_data(line: ast.stmt, data: dict[str, str]) -> bool:
    """Whether a statement does nothing but give rows and targets their names."""
    if not isinstance(line, ast.Assign):
        return False
    stored = [n for target in line.targets for n in names_stored(target)]
    stored += [root_of(t) for t in line.targets if isinstance(t, ast.Subscript)]
    return bool(stored) and all(name in data for name in stored)


def needed(lines: list[ast.stmt], scope: Scope, writer: Writer) -> list[ast.stmt]:
    """The statements without those whose results nothing uses."""
    carried = {n for at, line in enumerate(lines) for n in names_read(line)
               if not any(n in names_stored(b) for b in lines[:at])}  # fmt: skip
    counters = {name for name in carried if is_counter(name, scope)}
    kept: list[ast.stmt] = []
    wanted = carried - counters
    for line in reversed(lines):
        stored = set(names_stored(line))
        places = isinstance(line, ast.Expr | ast.For) or any(
            not isinstance(t, ast.Name | ast.Tuple | ast.List) for t in targets_of(line)
        )
        in_place = any(isinstance(n, ast.Attribute | ast.Subscript) and isinstance(
            n.ctx, ast.Store) for n in ast.walk(line))  # fmt: skip
        if SCORE.match(ast.unparse(line)) and not stored & wanted and len(lines) > 1:
            continue
        if stored & wanted or places or in_place or has_calls_on(line, writer):
            if stored and stored <= counters:
                continue
            kept.insert(0, line)
            wanted |= set(names_read(line))
    return kept


def has_calls_on(line: ast.stmt, writer: Writer) -> bool:
    """Whether an assignment keeps what a call of the person's gave, which may have changed more."""
    value = getattr(line, "value", None)
    if not isinstance(value, ast.Call) or last_name(value) == "predict":
        return False
    return last_name(value) in writer.code.by_name or last_name(value) in writer.code.methods


def targets_of(line: ast.stmt) -> list[ast.expr]:
    if isinstance(line, ast.Assign):
        return line.targets
    return [line.target] if isinstance(line, ast.AugAssign | ast.AnnAssign) else []


def is_counter(name: str, scope: Scope) -> bool:
    """Whether a name begins as a plain number or an empty list."""
    for node in scope.stored.get(name, ()):
        value = node.value
        if isinstance(value, ast.Constant | ast.List) and not getattr(value, "elts", None):
            return True
        if isinstance(value, ast.Tuple) and all(isinstance(e, ast.Constant) for e in value.elts):
            return True
        if value is not None and ast.unparse(value) in ("np.inf", "float('inf')", "-np.inf"):
            return True
    return False


def inside_loops(scope: Scope) -> Iterator[ast.stmt]:
    """The statements within loops."""
    for node in scope.statements:
        if isinstance(node, LOOPS):
            yield from opened(node.body)


def is_before(line: ast.stmt, first: ast.stmt, scope: Scope) -> bool:
    """Whether a statement stands before another, outside of loops."""
    return line.lineno < first.lineno and not any(line is s for s in inside_loops(scope))
