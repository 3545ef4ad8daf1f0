"""The line on which a mistake stands: where the person's code makes the first array that is wrong.

The step is made once more, and watched: what each line makes is held against what the reference
network has with the mistake, and without it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from helder.glass.check.network.binding.parameters import random_values
from helder.glass.check.network.binding.trials import LARGE_RATE, SMALL_RATE
from helder.glass.check.network.judging.refining import called_by
from helder.glass.check.network.judging.suspects import Suspect, changed, fits, suspects
from helder.glass.check.network.judging.trying import data_for, tried
from helder.glass.check.network.judging.verdicts import Grown, Judged
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Seen
from helder.typing import Floats

Place = tuple[Definition, int]  # a function, and a line of it
OF_RIGHT_STEPS = ("update-before-use", "gradient-divided-twice")  # which other steps have shown


def located(
    judged: Judged, cause: str, definitions: Sequence[Definition], likely: Definition | None
) -> Place | None:
    """The function and the line of a mistake; None where no line is seen to make it.

    Args:
        judged: The step.
        cause: The mistake.
        definitions: What the file defines.
        likely: The function that it is likely to stand in.
    """
    if judged.recognition.right and cause not in OF_RIGHT_STEPS:
        return None
    steps = judged.plan.steps
    small, seen = watched(judged, SMALL_RATE)
    if small is not None and cause != "update-before-use":
        for suspect in suspects(small, cause, seen):
            found = placed(first_line(seen, suspect, likely), definitions, steps)
            if found is not None:
                return found
    large, seen = watched(judged, LARGE_RATE)
    for suspect in moved(large, cause) if large is not None else ():
        found = placed(first_line(seen, suspect, likely), definitions, steps)
        if found is not None:
            return found
    return None if judged.recognition.right else written(judged, definitions)


def watched(judged: Judged, rate: float) -> tuple[Judged | None, list[Seen]]:
    """The same step again, with what each line makes that was not there before."""
    session = judged.bound.root.session
    session.watch()
    observed = judged.again(judged.data, rate).observed
    seen = session.watched()
    if observed is None:
        return None, []
    known = observed.known
    given = [Suspect(a) for a in (known.x, known.y, *known.weights) if np.any(a)]
    new = [one for one in seen if not any(fits(one, suspect) for suspect in given)]
    return replace(judged, observed=observed), new


def moved(judged: Judged, cause: str) -> list[Suspect]:
    """The parameters that move as they should not, as they are after the step."""
    known, observed = judged.observed.known, judged.observed
    if cause == "update-before-use":
        return [Suspect(W, scaled=False) for W in (known.after or ())[:0:-1]]
    before = [part for pair in zip(known.weights, known.biases, strict=True) for part in pair]
    found = []
    for at in changed(judged):
        old, by = before[at], observed.arrays[at]
        if old is not None and by is not None and np.any(by):
            found.append(Suspect(old - by, scaled=False))
    return found


def first_line(seen: Sequence[Seen], suspect: Suspect, likely: Definition | None) -> Seen | None:
    """What the first line made that makes this array, of the likely function if it has one."""
    found = [one for one in seen if (f := fits(one, suspect)) and suspect.takes(f)]
    by_line: dict[tuple[str, int], Seen] = {}
    for one in found:
        by_line.setdefault((one.module, one.line), one)
    here = [one for one in by_line.values() if likely is not None and stands_in(one, likely)]
    lines = here or list(by_line.values())
    named = [one for one in lines[1:2] if suspect.second and one.path.isidentifier()]
    return next(iter([*named, *lines]), None)


def placed(
    seen: Seen | None, definitions: Sequence[Definition], steps: Sequence[Definition]
) -> Place | None:
    """The function in which a line stands, and the line of its statement."""
    if seen is None:
        return None
    loops = [d for d in steps if isinstance(d.node, ast.For | ast.While)]
    around = [d for d in (*definitions, *loops) if d.kind != "class" and stands_in(seen, d)]
    innermost = max(around, key=lambda d: d.line, default=None)
    return None if innermost is None else (innermost, statement(innermost.node, seen.line))


def statement(node: ast.AST, line: int) -> int:
    """The line on which the statement begins that a line is of."""
    found = [n.lineno for n in ast.walk(node) if isinstance(n, ast.stmt) and holds(n, line)]
    return max(found, default=line)


def stands_in(seen: Seen, definition: Definition) -> bool:
    """Whether a line is one of a definition, which may stand in a module beside the file."""
    module = definition.path.rpartition(":")[0]
    return module == seen.module and holds(definition.node, seen.line)


def holds(node: ast.AST, line: int) -> bool:
    """Whether a line is one of a node's."""
    return getattr(node, "lineno", 0) <= line <= (getattr(node, "end_lineno", 0) or 0)


def written(judged: Judged, definitions: Sequence[Definition]) -> Place | None:
    """The last statement that gives a parameter a value, of those that do not move as they should;
    of their layer, where none is written."""
    slots = judged.bound.slots
    each = [slot for pair in zip(slots.weights, slots.biases, strict=True) for slot in pair]
    wrong = changed(judged)
    may_be = goes_on if judged.of_update else bool
    steps = [*judged.plan.steps, *called_by(judged.plan.steps, definitions)]
    for at in [*wrong, *(at ^ 1 for at in wrong)]:
        slot = each[at] if at < len(each) else None
        for step in steps if slot is not None else ():
            found = None if slot is None else stored(step, slot.path, may_be)
            if found is not None:
                return found
    return None


def stored(
    method: Definition, path: str, may_be: Callable[[ast.stmt], bool] = bool
) -> Place | None:
    """The last statement of a function that gives a value to what a path ends with."""
    name = last_name(path)
    nodes = [node for node in ast.walk(method.node) if isinstance(node, ast.stmt)]
    lines = [n.lineno for n in nodes if name is not None and stores(n, name) and may_be(n)]
    return (method, max(lines)) if lines else None


def last_name(path: str) -> str | None:
    """`W1` of `.W1` and of `params['W1']`; `weights` of `.weights[0]`."""
    names = re.findall(r"[A-Za-z_]\w*", path)
    return names[-1] if names else None


def stores(node: ast.AST, name: str) -> bool:
    """Whether a statement gives a value to what has this name."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign):
        targets = [node.target]
    else:
        return False
    return any(re.search(rf"\b{re.escape(name)}\b", ast.unparse(target)) for target in targets)


def goes_on(node: ast.AST) -> bool:
    """Whether a statement makes a value out of itself, as an update does."""
    if not isinstance(node, ast.Assign):
        return isinstance(node, ast.AugAssign)
    return any(ast.unparse(target) in ast.unparse(node.value) for target in node.targets)


def located_growth(grown: Grown, definitions: Sequence[Definition]) -> Place | None:
    """The line that makes the gradient of a bias that changes its shape."""
    bound = grown.bound
    values = random_values(bound.slots)
    session = bound.root.session
    session.watch()
    tried(bound, grown.plan, grown.form, bound.data or data_for(bound), values, LARGE_RATE)
    seen = session.watched()
    ends = [at for at, one in enumerate(seen) if is_moved(one, grown)]
    if not ends:
        return None
    by: Floats = values[grown.path] - np.asarray(seen[ends[0]].value)
    made = [one for one in seen[: ends[0]] if fits(one, Suspect(by))]
    again = [one for one in made if one.line != made[0].line and not one.path.startswith("return")]
    return placed([*again, seen[ends[0]]][0], definitions, grown.plan.steps)


def is_moved(one: Seen, grown: Grown) -> bool:
    """Whether a line gives a parameter its other shape."""
    return np.shape(one.value) == grown.after and last_name(one.path) == last_name(grown.path)
