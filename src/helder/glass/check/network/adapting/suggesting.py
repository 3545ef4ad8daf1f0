"""What is printed for a network that is not understood: an adapter, tried before it is shown."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from helder.glass.check.causes import CANNOT_TELL
from helder.glass.check.deadline import Deadline
from helder.glass.check.findings import FunctionCheck, NetworkCheck
from helder.glass.check.network.adapting.adapted import finding_of, of_gradients
from helder.glass.check.network.adapting.adapter import UNKNOWN, adapter_for, script_adapter
from helder.glass.check.network.adapting.bench import Bench, bench
from helder.glass.check.network.adapting.by_loss import attempts_by_loss
from helder.glass.check.network.adapting.closures import attempts_of_closures
from helder.glass.check.network.adapting.drafting import drafts
from helder.glass.check.network.adapting.making import Tried, attempts
from helder.glass.check.network.adapting.scopes import Code
from helder.glass.check.network.adapting.writing import Writer
from helder.glass.check.network.case import Case
from helder.glass.check.network.checking import best_of
from helder.glass.check.network.concluding import convention
from helder.glass.check.network.judging.deciding import OF_THE_STEP
from helder.glass.check.network.judging.recognising import Recogniser
from helder.glass.check.network.reference.own import own_activations
from helder.glass.check.network.roles import role
from helder.glass.check.network.scripts.adapted import bind_names
from helder.glass.check.reading.sources import MINE, Sources
from helder.glass.check.session import Session

OF_THE_GRADIENT = ("activations", "output", "loss")  # conventions that settle what it is
FOR_STEPS = 0.6  # of the time; the rest is for losses
RIGHT = 7  # the rank of an adapter with forward whose step is right
MOST_LINES = 7  # beside the import; of a script the names of its loop are shorter than its lines
ENOUGH = 2  # the rank from which on an adapter says more than a form to fill in


def suggested(
    session: Session,
    sources: Sources,
    functions: Sequence[FunctionCheck],
    found: NetworkCheck | None,
    deadline: Deadline,
) -> NetworkCheck | None:
    """The finding with an adapter; what the adapter leads to, where that is right.

    Args:
        session: Where the file is loaded.
        sources: Its text, and that of the modules beside it.
        functions: What was found of its functions one by one.
        found: What was found without one: nothing, or that it cannot be told.
        deadline: For all that is tried.
    """
    made = adapter_of(session, sources, functions, deadline)
    if made.finding is not None:
        return made.finding
    if found is None and made.rank < ENOUGH:
        return None
    return replace(found or NetworkCheck(CANNOT_TELL), adapter=made.text)


def own_step(
    session: Session,
    sources: Sources,
    functions: Sequence[FunctionCheck],
    right: NetworkCheck,
    deadline: Deadline,
) -> NetworkCheck | None:
    """What is wrong with the update in the file's own training lines; None where nothing is.

    It is asked where gradients are right and no function makes the step. The arguments are those
    of `suggested`; `right` is what was found of the gradients.
    """
    found = adapter_of(session, sources, functions, deadline, right).finding
    return found if found is not None and set(found.causes) & OF_THE_STEP else None


@dataclass(frozen=True)
class Adapter:
    """An adapter to paste.

    Attributes:
        text: Its lines.
        rank: How far it went when it was tried.
        finding: What it leads to, where that is to be believed.
    """

    text: str
    rank: int = 0
    finding: NetworkCheck | None = None


def adapter_of(
    session: Session,
    sources: Sources,
    functions: Sequence[FunctionCheck],
    deadline: Deadline,
    right: NetworkCheck | None = None,
) -> Adapter:
    """The adapter of a file; the arguments are those of `own_step`."""
    own = own_activations(session, functions, sources.definitions)
    case = Case(session, sources.definitions, sources.trees, Recogniser(own, deadline))
    code = Code(sources.trees, sources.definitions)
    best, finding = best_of_all(case, Writer(session, code), sources, right)
    if best is None or not best.right or len(best.text.splitlines()) > MOST_LINES:
        script = of_script(case, sources)
        if script is not None and (best is None or script.rank >= best.rank):
            return script
    if best is None or best.rank < ENOUGH:
        return Adapter(adapter_for(session, sources.definitions, sources))
    head = imports(sources, code, best.text, settings(session, Writer(session, code)))
    return Adapter(f"{head}\n\n{best.text}", best.rank, finding)


def of_script(case: Case, sources: Sources) -> Adapter | None:
    """An adapter that names what a loop works with, where that leads anywhere."""
    text = script_adapter(case.session, sources)
    if text is None or UNKNOWN in text:
        return None
    _, judged = best_of(case, bind_names(case.session, sources.main, ast.parse(text)))
    if judged is None:
        return None
    finding = finding_of(case, judged) if judged.recognition.right else None
    return Adapter(text, ENOUGH if finding is None else RIGHT, finding)


def best_of_all(
    case: Case, writer: Writer, sources: Sources, right: NetworkCheck | None
) -> tuple[Tried | None, NetworkCheck | None]:
    """The draft that went farthest, the first that is right if one is, and what it leads to."""
    head = "from mine import *\nimport mine\nimport numpy as np"
    for line in settings(case.session, writer):
        head += f"\n{line}"
    best: Tried | None = None
    finding: NetworkCheck | None = None
    with bench(sources, head, case.deadline) as sandbox:
        place = Bench(sandbox, case.deadline.part(FOR_STEPS) if right is None else case.deadline)
        plain = attempts(place, case, writer, drafts(writer))
        for tried in chain(plain, attempts_of_closures(place, case, writer)):
            if best is not None and tried.rank <= best.rank:
                continue
            if finding is not None and "def gradients" in tried.text:
                continue  # a mistake in the step is not gone where the gradients are right
            best = tried
            believed = is_believable(tried) or goes_up(tried, right)
            if tried.judged is not None and believed:
                finding = finding_of(replace(case, session=sandbox), tried.judged)
                finding = of_gradients(finding) if "def gradients" in tried.text else finding
            if tried.judged is not None and tried.judged.recognition.right:
                return best, finding
        if right is None and (best is None or best.judged is None):
            later = Bench(sandbox, case.deadline)
            tried_too = next(attempts_by_loss(later, writer), None)
            return (best, finding) if tried_too is None else (tried_too, tried_too.finding)
    return best, finding


def is_believable(tried: Tried) -> bool:
    """Whether what an adapter that we wrote leads to is a finding.

    What is right is; a mistake only where the output was seen as well, and where it is not that a
    parameter stays as it is, which lines that were left out may do.
    """
    judged = tried.judged
    if judged is None or judged.recognition.right:
        return judged is not None
    return bool(judged.observed.outputs) and judged.cause != "parameter-not-updated"


def goes_up(tried: Tried, right: NetworkCheck | None) -> bool:
    """Whether a step goes up gradients that are those that were found to be right before.

    Then nothing but the update can be wrong, though no output was seen.
    """
    judged = tried.judged
    if judged is None or right is None or judged.cause != "update-sign" or not judged.stepped:
        return False
    same = convention(judged, None)
    return all(same[what] == right.convention.get(what) for what in OF_THE_GRADIENT)


def settings(session: Session, writer: Writer) -> list[str]:
    """Lines without the decay and momentum that functions read among the file's own names."""
    values = session.state("")
    return [
        f"mine.{name} = {'1.0' if role(name) == 'one' else '0.0'}"
        for name in sorted(writer.code.free)
        if role(name) in ("zero", "one") and isinstance(values.get(name), float) and values[name]
    ]


def imports(sources: Sources, code: Code, text: str, more: Sequence[str]) -> str:
    """The lines that bring the person's names into an adapter."""
    stem = sources.main.path.stem
    plain = stem.isidentifier() and not keyword.iskeyword(stem) and not sources.main.cells
    module = stem if plain else MINE
    lines = [f"from {module} import *"]
    own = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    hidden = sorted(name for name in own if re.match(r"_[a-zA-Z]", name))
    if hidden:
        lines.append(f"from {module} import {', '.join(hidden)}")
    if "mine" in own or more:
        lines.append("import mine" if module == MINE else f"import {module} as mine")
    if "np" in own and "np" not in code.names:
        lines.append("import numpy as np")
    return "\n".join([*lines, *more])
