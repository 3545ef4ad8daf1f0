"""A whole network checked: what binds is judged, what does not gets an adapter to paste."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterable, Sequence

from helder.core.activations import Activation
from helder.glass.check.causes import CANNOT_TELL
from helder.glass.check.definitions import Definition
from helder.glass.check.findings import FunctionCheck, NetworkCheck
from helder.glass.check.network import roles
from helder.glass.check.network.adapter import adapter_for
from helder.glass.check.network.binding import Bound, bind
from helder.glass.check.network.judging import (
    OF_THE_STEP,
    Grown,
    Judged,
    Search,
    decided,
    followed_up,
    saw_of,
    search,
    verdict_of,
)
from helder.glass.check.network.layer_judging import Stacks, check_layers
from helder.glass.check.network.own import own_activations
from helder.glass.check.network.scripts import bind_scripts
from helder.glass.check.session import Session
from helder.glass.check.sources import Sources

SECONDS = 2.5  # for all ways to bind
LOOP_SECONDS = 0.8  # at least, for the loops of the file
SCALES = {"sum": 1.0, "mean": 0.5}  # what twice the rows do to the gradient per row


def check_network(
    session: Session,
    definitions: Sequence[Definition],
    functions: Sequence[FunctionCheck],
    sources: Sources,
    seconds: float = SECONDS,
) -> NetworkCheck | None:
    """The verdict on the network; None where the file holds none.

    Args:
        session: Where the file is loaded.
        definitions: What it defines.
        functions: What was found of its functions one by one.
        sources: Its text, and that of the modules beside it.
        seconds: For all that is tried.
    """
    trees = [sources.main.tree, *(source.tree for source in sources.siblings)]
    until = time.monotonic() + seconds
    own = own_activations(session, functions, definitions)
    stacks = check_layers(session, definitions, own, until)
    layers = of_layers(stacks, own)
    if layers is not None and layers.causes:
        return layers
    alone = {layer.recipe.owner.path for layer in stacks.weighted}
    bounds = (b for b in bind(session, definitions, trees) if b.name not in alone)
    best, judged = best_of(bounds, own, until)
    if layers is None and (judged is None or not judged.stepped):
        until = max(until, time.monotonic() + LOOP_SECONDS)
        loops, looped = best_of(bind_scripts(session, sources.main), own, until)
        if looped is not None and overrules(looped, judged):
            best, judged = loops, looped
        best = best or loops
    if best is None and not stacks.weighted:
        return None
    if judged is not None and (judged.recognition.right or not (best and best.grown)):
        return of_step(judged, own, lambda cause: place_of(judged, cause, definitions))
    if best is not None and best.grown:
        return of_grown(best.grown[0])
    if layers is not None:
        return layers
    return NetworkCheck(CANNOT_TELL, adapter=adapter_for(definitions, sources))


def best_of(
    bounds: Iterable[Bound], own: Sequence[Activation], until: float
) -> tuple[Search | None, Judged | None]:
    """What the first place of parameters that says anything says; no search where there is none."""
    best: Search | None = None
    for bound in bounds:
        found = search(bound, own, until)
        if bound.plans and (best is None or (found.conclusive and not best.conclusive)):
            best = found
        if found.right or time.monotonic() > until:
            break
    return best, None if best is None else decided(best)


def overrules(looped: Judged, judged: Judged | None) -> bool:
    """Whether a loop of the file says more than functions that were judged without a step."""
    if judged is None or looped.recognition.right:
        return True
    return judged.recognition.right and looped.cause in OF_THE_STEP


def of_layers(stacks: Stacks, own: Sequence[Activation]) -> NetworkCheck | None:
    """The finding of the layer objects of a file; None where there are none that we understand."""
    counts = stacks.counts
    if counts is not None:
        return of_step(counts.judged, own, counts.culprit)
    return of_grown(stacks.grown[0]) if stacks.grown else None


def of_step(
    judged: Judged,
    own: Sequence[Activation],
    place: Callable[[str | None], Definition | None],
) -> NetworkCheck:
    """The finding of a step that was recognised; where a cause stands, `place` says."""
    cause, saw, ratio = judged.cause, saw_of(judged), None
    if cause is None:
        cause, more, ratio = followed_up(judged, own)
        saw = f"{judged.plan.name}: {more}" if more else judged.plan.name
    elif cause == "gradient-scale":
        other, more, ratio = followed_up(judged, own)
        if other == "gradient-divided-twice":
            cause, saw = other, f"{saw}; {more}"
    culprit = place(cause)
    return NetworkCheck(
        verdict=verdict_of(cause),
        causes=() if cause is None else (cause,),
        evidence=saw,
        convention=convention(judged, ratio),
        function=culprit.path if cause and culprit else None,
        file=culprit.file if cause and culprit else None,
        line=culprit.line if cause and culprit else None,
    )


def of_grown(grown: Grown) -> NetworkCheck:
    """The finding of a bias that changes its shape."""
    step = grown.plan.steps[-1]
    saw = f"{grown.path.lstrip('.')} is {grown.before} before the step and {grown.after} after it"
    return NetworkCheck(
        verdict=verdict_of("bias-shape-grows"),
        causes=("bias-shape-grows",),
        evidence=f"{grown.plan.name}: {saw}",
        function=step.path,
        file=step.file,
        line=step.line,
    )


def convention(judged: Judged, ratio: float | None) -> dict[str, str]:
    """How the code does it, in words."""
    shape = judged.recognition.going.shape
    found = {
        "layout": judged.form.layout,
        "labels": judged.form.labels,
        "activations": ", ".join(activation.name for activation in shape.hidden),
        "output": shape.output_name,
        "loss": judged.recognition.loss.name,
        "step": judged.plan.name,
    }
    if ratio is not None:
        name = next((n for n, r in SCALES.items() if abs(r - ratio) < 0.01), None)
        if name is not None:
            found["over the rows"] = name
    return found


def place_of(
    judged: Judged, cause: str | None, definitions: Sequence[Definition]
) -> Definition | None:
    """The function in which a mistake stands, as far as it is known."""
    plan = judged.plan
    if judged.recognition.going.cause is not None and plan.forward is not None:
        return plan.forward
    steps = [*plan.steps, *called_by(plan.steps, definitions)]
    pattern = roles.UPDATE if cause in ("update-sign", "parameter-not-updated") else roles.BACKWARD
    named = [d for d in steps if roles.means(pattern, d.name)]
    return (named or list(plan.steps))[0]


def called_by(steps: Sequence[Definition], definitions: Sequence[Definition]) -> list[Definition]:
    """The person's own functions that these call."""
    called = {
        ast.unparse(node.func).rpartition(".")[2]
        for step in steps
        for node in ast.walk(step.node)
        if isinstance(node, ast.Call)
    }
    return [d for d in definitions if d.name in called and d.kind != "class"]
