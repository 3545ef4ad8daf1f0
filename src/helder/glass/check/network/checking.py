"""A whole network checked: what binds is judged, what does not gets an adapter to paste."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from helder.glass.check.causes import CANNOT_TELL
from helder.glass.check.deadline import Deadline
from helder.glass.check.findings import FunctionCheck, NetworkCheck
from helder.glass.check.network import roles
from helder.glass.check.network.binding.constructing import DISTINCT
from helder.glass.check.network.binding.networks import Bound, bind
from helder.glass.check.network.binding.options import options_of_class, options_of_functions
from helder.glass.check.network.case import Case
from helder.glass.check.network.concluding import (
    of_grown,
    of_layers,
    of_slip,
    of_step,
    place_of,
    with_optimizer,
)
from helder.glass.check.network.judging.alone import optimizer_alone
from helder.glass.check.network.judging.beside import slip_beside
from helder.glass.check.network.judging.by_own_loss import by_own_loss
from helder.glass.check.network.judging.deciding import OF_THE_STEP, decided, with_several
from helder.glass.check.network.judging.equal_sizes import where_sizes_are_equal
from helder.glass.check.network.judging.recognising import Recogniser
from helder.glass.check.network.judging.refining import is_limited, made_for_batches
from helder.glass.check.network.judging.updating import with_update
from helder.glass.check.network.judging.verdicts import (
    Grown,
    Judged,
    Refused,
    Search,
    Strange,
    search,
)
from helder.glass.check.network.layers.alone import of_faulty, with_more
from helder.glass.check.network.layers.judging import check_layers
from helder.glass.check.network.outputs import shows_one_output
from helder.glass.check.network.reference.own import own_activations
from helder.glass.check.network.reference.own_slopes import own_slopes
from helder.glass.check.network.scripts.loops import bind_scripts
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.reading.sources import Sources
from helder.glass.check.session import Session
from helder.text import say

FOR_ALL = 0.7  # of the time, for all ways to bind; the rest is left for an adapter
FOR_DEFINITIONS = 0.7  # of the time, for those in classes and functions; loops have what is left
OF_A_MOVE = frozenset(
    {
        "update-sign",
        "gradient-scale",
        "bias-gradient-scalar",
        "bias-gradient-one-row",
        "parameter-not-updated",
    }
)
SUMMED_UP = "bias-gradient-scalar"
MOST_LIKELY = 6  # refused steps that are tried with equal sizes before the file's loops are


def check_network(
    session: Session,
    definitions: Sequence[Definition],
    functions: Sequence[FunctionCheck],
    sources: Sources,
    deadline: Deadline,
) -> NetworkCheck | None:
    """The verdict on the network; None where the file holds none.

    Args:
        session: Where the file is loaded.
        definitions: What it defines.
        functions: What was found of its functions one by one.
        sources: Its text, and that of the modules beside it.
        deadline: For all that is tried.
    """
    own = own_activations(session, functions, definitions)
    slopes = own_slopes(session, functions, definitions)
    recogniser = Recogniser(own, deadline.part(FOR_ALL), slopes)
    whole = Case(session, definitions, sources.trees, recogniser)
    case = whole.until(deadline.part(FOR_DEFINITIONS))
    stacks = check_layers(session, definitions, case.recogniser)
    layers = of_layers(case, stacks)
    faults = of_faulty(stacks.faulty(), session, definitions)
    if layers is not None and layers.causes:
        return with_more(layers, faults)
    if faults is not None:
        return faults
    alone = {layer.recipe.owner.path for layer in stacks.weighted}
    bounds = (b for b in bind(session, definitions, sources.trees, DISTINCT) if b.name not in alone)
    best, judged = best_of(case, bounds)
    if layers is None:
        best, judged = looked_further(whole, sources, best, judged)
    if judged is not None and stacks.weighted and not takes_targets(judged):
        return layers or not_found(case)
    if best is not None:
        return of_search(case, best, judged, layers)
    return (layers or not_found(case)) if stacks.weighted else None


def looked_further(
    whole: Case, sources: Sources, best: Search | None, judged: Judged | None
) -> tuple[Search | None, Judged | None]:
    """The same after what takes longer: own losses, equal sizes, loops, several mistakes."""
    known = whole.definitions
    if judged is None and best is not None and not best.grown:
        judged = by_own_loss(best.strange, known, whole.recogniser)
    if judged is None and best is not None and not best.grown:
        likely = [one for one in best.refused if one.taken and not one.ran]
        judged = where_sizes_are_equal(likely[:MOST_LIKELY], known, whole.recogniser)
    if judged is None or not judged.updated or judged.bound.inside:
        best, judged = with_loops(whole, sources, best, judged)
    if best is not None and not best.grown and is_open(judged):
        judged = where_sizes_are_equal(best.refused, known, whole.recogniser) or judged
        judged = judged or with_several(best.strange, whole.recogniser)
    return best, judged


def of_search(
    case: Case, best: Search, judged: Judged | None, layers: NetworkCheck | None
) -> NetworkCheck:
    """The finding of what a search came to, beside that of the layers alone."""
    if judged is None:
        grown = meant_for_batches(case, best)
        return (layers or not_found(case)) if grown is None else of_grown(grown, case.definitions)
    judged = with_one_output(case, judged) or judged
    grown = grown_in_batches(case, best, judged)
    if grown is not None:
        return of_grown(grown, case.definitions)
    step = (wrong_option(case, judged) if judged.recognition.right else None) or judged
    if is_limited(step, case.definitions):
        return not_found(case)
    found = of_step(case, step, lambda cause: place_of(step, cause, case.definitions))
    slip = None if found.causes else slip_beside(step, case.definitions)
    if slip is not None:
        return of_slip(found, slip)
    of_gradients = not (found.causes or found.stepped or case.deadline.over)
    alone = optimizer_alone(case.session, case.definitions) if of_gradients else None
    return found if alone is None else with_optimizer(found, alone)


def takes_targets(judged: Judged) -> bool:
    """Whether what makes the step is handed targets by their name.

    The `backward(g)` of a container takes the gradient of the loss: targets in its place look like
    a mistake, and the layers are judged by themselves.
    """
    given = [parameter.name for step in judged.plan.steps for parameter in step.parameters]
    return any(roles.role(name) in ("Y", "pairs") for name in given)


def is_open(judged: Judged | None) -> bool:
    """Whether a step may still be wrong: nothing was recognised, or right gradients alone."""
    return judged is None or (judged.recognition.right and not judged.updated)


def not_found(case: Case) -> NetworkCheck:
    """The finding where nothing was recognised: whether the time was too short."""
    said = say("check.no_time") if case.deadline.over else ""
    return NetworkCheck(CANNOT_TELL, evidence=said)


def with_loops(
    case: Case, sources: Sources, best: Search | None, judged: Judged | None
) -> tuple[Search | None, Judged | None]:
    """The same after a look at the loops among the file's own names, where they say more."""
    loops, looped = best_of(case, bind_scripts(case.session, sources.main))
    if looped is not None and overrules(looped, judged):
        return loops, looped
    if looped is None and loops is not None and judged is not None and judged.recognition.right:
        alike = (judged.form.layout, judged.form.labels)
        loops.grown = [g for g in loops.grown if (g.form.layout, g.form.labels) == alike]
        if loops.grown:
            return loops, None
    if best is not None and loops is not None:
        best.refused += loops.refused
        best.strange += loops.strange
    return best or loops, judged


def best_of(case: Case, bounds: Iterable[Bound]) -> tuple[Search | None, Judged | None]:
    """What the first place of parameters that says anything says; no search where there is none."""
    best: Search | None = None
    refused: list[Refused] = []
    strange: list[Strange] = []
    grown: list[Grown] = []  # of rows that are laid out in several ways, one after the other
    for bound in bounds:
        found = search(bound, case.recogniser)
        refused += found.refused
        strange += found.strange
        grown += found.grown if bound.form is not None else []
        if best is not None and best.inside and names_of(found) & names_of(best):
            best = best.beside(found)  # training as a whole, and now its parts
        elif bound.plans and (best is None or says_more(found, best)):
            best = found
        settled = any(not judged.bound.inside for judged in found.right)
        if settled or case.deadline.over:
            break
    if best is None:
        return None, None
    best.refused, best.strange = refused, strange
    if not (best.right or best.wrong):
        best.grown = grown or best.grown
    judged = decided(best)
    limited = judged is not None and is_limited(judged, case.definitions)
    if judged is None or limited:
        return best, None
    if case.deadline.over:
        return best, judged
    return best, with_update(judged, case.definitions, case.recogniser)


def says_more(found: Search, best: Search) -> bool:
    """Whether a search is to be believed rather than an earlier one.

    The same functions may be seen to hold their parameters in several ways: where they are right in
    one, with as many rows, a mistake that fits another was none.
    """
    if not best.conclusive:
        return found.conclusive
    only_grown = not (best.right or best.wrong)
    if only_grown and all(grown.bound.form is not None for grown in best.grown):
        return bool(found.right or found.wrong)  # rows laid out otherwise may stretch a bias
    if not names_of(found) & names_of(best):
        return False
    if best.right or not found.right:
        return False
    if all(judged.bound.inside for judged in found.right):
        return False  # what training makes has biases of 0, which say nothing of forward
    if count_of_biases(found) < count_of_biases(best) and is_of_a_bias(decided(best)):
        return False  # it goes along its gradient, so that it is a bias, whatever it is called
    return most_rows(found.right) >= most_rows(best.wrong)


def count_of_biases(found: Search) -> int:
    """How many biases were seen at most."""
    places = [judged.bound.slots.biases for judged in (*found.right, *found.wrong)]
    return max((sum(b is not None for b in biases) for biases in places), default=0)


def is_of_a_bias(judged: Judged | None) -> bool:
    """Whether a mistake is one of a bias alone: it moves otherwise, or forward leaves it out."""
    if judged is not None and judged.cause == "forward-misses-bias":
        return True  # what forward does not name is a parameter all the same
    if judged is None or judged.cause not in OF_A_MOVE:
        return False
    return judged.cause.startswith("bias-") or re.search(r"\bb\d", judged.saw) is not None


def most_rows(judged: Sequence[Judged]) -> int:
    """How many rows a step was seen with at most."""
    return max((len(one.observed.known.x) for one in judged), default=0)


def names_of(found: Search) -> set[str]:
    """The classes whose steps were recognised."""
    places = [*(judged.bound for judged in (*found.right, *found.wrong))]
    return {place.name for place in (*places, *(grown.bound for grown in found.grown))}


def meant_for_batches(case: Case, best: Search) -> Grown | None:
    """The bias that changes its shape in a step of many rows, where the step is meant for many."""
    return next((g for g in best.grown if made_for_batches(g.plan, case.definitions)), None)


def grown_in_batches(case: Case, best: Search, judged: Judged) -> Grown | None:
    """The bias that changes its shape in a step, where gradients or one row alone are right."""
    if not judged.recognition.right:
        return None
    if not judged.form.single:
        alike = (grown for grown in best.grown if grown.form == judged.form)
        return None if judged.updated else next(alike, None)
    if not made_for_batches(judged.plan, case.definitions):
        return None
    return next((grown for grown in best.grown if grown.plan is judged.plan), None)


def overrules(looped: Judged, judged: Judged | None) -> bool:
    """Whether a loop of the file says more than functions that were judged without a step."""
    if judged is None or looped.recognition.right:
        return True
    if judged.bound.inside:  # its biases are 0, and what its parameters are called is not known
        return looped.cause == "forward-misses-bias" or not judged.recognition.right
    return judged.recognition.right and looped.cause in OF_THE_STEP


def wrong_option(case: Case, judged: Judged) -> Judged | None:
    """A mistake that only another activation shows than the one that is taken by itself."""
    owner = next((d for d in case.definitions if d.path == judged.bound.name), None)
    if owner is None:
        inside = tuple(d for d in case.definitions if d.kind != "class")
        chosen = options_of_functions(judged.plan.steps, inside, case.trees)
    else:
        inside = tuple(d for d in case.definitions if owner.path in (d.path, d.owner))
        chosen = options_of_class(owner, case.trees)
    for option in chosen:
        wish = replace(DISTINCT, options=option)
        _, other = best_of(case, bind(case.session, inside, case.trees, wish))
        if other is not None and not other.recognition.right:
            return other
    return None


def with_one_output(case: Case, judged: Judged) -> Judged | None:
    """What it is with a single output, where the file's own network has no more.

    A bias of the last layer whose gradient is summed over the units too is right with one unit,
    and training whose targets fit no more than one can be seen at all.
    """
    last = f"b{judged.observed.known.layers}"
    alone = re.findall(r"\b[Wb]\d+\b", judged.saw) in ([], [last])
    summed_up = judged.cause == SUMMED_UP and alone
    unseen = judged.recognition.right and not judged.stepped and judged.bound.slots.outputs > 1
    if not (summed_up or unseen) or not shows_one_output(case, judged):
        return None
    place = judged.bound.name
    owners = tuple(d for d in case.definitions if place in (d.path, d.owner))
    wish = replace(DISTINCT, outputs=1)
    _, other = best_of(case, bind(case.session, owners or case.definitions, case.trees, wish))
    if other is None or (unseen and not other.stepped):
        return None
    return other if unseen or other.cause != SUMMED_UP else None
