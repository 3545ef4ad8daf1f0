"""Tuning: candidates around a recipe on the same folds, of which the best few predict together.

Which ensembles those are is chosen greedily by out-of-fold loss (Caruana, Niculescu-Mizil, Crew &
Ksikes 2004). A fold is predicted by those that the other folds choose, so its score stays honest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helder.core import Architecture
from helder.core.fronts import Periodic
from helder.core.layers import Dropout
from helder.engine import Purpose, generator
from helder.errors import HelderError
from helder.learn import Member
from helder.learn.history import DONE
from helder.learn.optimizers import optimizer_named
from helder.learn.watch import Listener
from helder.model.deadline import Deadline
from helder.model.ensemble import Ensemble, fit_ensemble, seed_of_repeat
from helder.model.problem import Problem
from helder.model.recipes import Adjusted, After, classifies
from helder.model.selecting import best_together
from helder.model.shortening import Outcome, fit_within
from helder.model.trying import Trial

SECONDS = 60.0  # of tuning, where a person does not say
MOST_TRIED = 200
CHANGED = 0.5  # how likely a candidate differs in each number that can differ
RATE, DECAY = 0.5, 1.0  # standard deviations of the logarithms of the factors
DROPOUT, SMOOTHING, SIGMA = (0.0, 0.3), (0.0, 0.15), (0.05, 0.5)  # ranges
ROOM = 1.1  # of the last candidate's time there must be for another one
CANDIDATES = 2  # the number of the stream that candidates are drawn from
FAR = 1000  # repeats of a recipe are fewer, so every candidate has draws of its own
RAN_OFF, INTERRUPTED = "ran off", "interrupted"


def seconds_for(time_limit: float | None, *, tune: bool) -> float | None:
    """How many seconds a fit may take: tuning ends even where nobody says when."""
    return SECONDS if tune and time_limit is None else time_limit


@dataclass(frozen=True)
class Varied(After):
    """A recipe with some of its numbers replaced.

    Args:
        values: Of "learning_rate", "weight_decay", "dropout", "label_smoothing" and "sigma" (how
            quick waves are at first), by name.
    """

    values: Mapping[str, float]

    def architecture(self, problem: Problem) -> Architecture:
        shape = super().architecture(problem)
        if "sigma" not in self.values:
            return shape
        front = [
            replace(layer, sigma=self.values["sigma"]) if isinstance(layer, Periodic) else layer
            for layer in shape.front
        ]
        return replace(shape, front=front)

    def member(self, problem: Problem) -> Member:
        own = {name: value for name, value in self.values.items() if name != "sigma"}
        return replace(super().member(problem), **own)  # type: ignore[arg-type]


def drawn(problem: Problem, recipe: Adjusted, rng: np.random.Generator) -> dict[str, float]:
    """Numbers around the recipe's, each replaced as likely as not; what a person chose stays."""
    settings, shape = recipe.settings(problem), recipe.architecture(problem)
    chosen = {*recipe.training, *recipe.network}
    decay = getattr(optimizer_named(settings.optimizer), "weight_decay", 0.0)
    values = {
        "learning_rate": settings.learning_rate * np.exp(RATE * rng.normal()),
        "weight_decay": decay * np.exp(DECAY * rng.normal()),
        "dropout": rng.uniform(*DROPOUT),
        "label_smoothing": rng.uniform(*SMOOTHING),
        "sigma": np.exp(rng.uniform(*np.log(SIGMA))),
    }
    open_to = {
        "learning_rate": True,
        "weight_decay": decay > 0,
        "dropout": any(isinstance(layer, Dropout) for layer in shape.layers),
        "label_smoothing": classifies(problem),
        "sigma": any(isinstance(layer, Periodic) for layer in shape.front),
    }
    changed = rng.random(len(values)) < CHANGED
    return {
        name: float(values[name])
        for name, changes in zip(values, changed, strict=True)
        if changes and open_to[name] and name not in chosen
    }


@dataclass(frozen=True, eq=False)
class Candidate:
    """What was tried, and what came of it.

    Attributes:
        values: What differs from the recipe, by name.
        ensemble: The networks, where there are some.
        stopped: Why training ended.
    """

    values: Mapping[str, float]
    ensemble: Ensemble | None
    stopped: str

    @property
    def done(self) -> bool:
        """Whether training came to its end."""
        return self.stopped in DONE

    @property
    def val_loss(self) -> float:
        """The smallest loss of the rows that choose."""
        losses = self.ensemble.history.val_losses if self.ensemble else []
        return min(losses, default=float("inf"))


def fit_tuned(
    problem: Problem,
    recipe: Adjusted,
    deadline: Deadline,
    *,
    seed: int = 0,
    listener: Listener | None = None,
    fewest: int = 1,
    afterwards: Callable[[Problem], float] = lambda problem: 0.0,
    **how: Any,
) -> Outcome:
    """Trains what the recipe says, then candidates around it while there is time; keeps the best.

    Args:
        problem: The rows, and who learns which of them.
        recipe: What candidates are drawn around; what a person chose of it stays.
        deadline: When everything shall be done, with what comes afterwards.
        seed, listener, fewest, afterwards, how: As in `fit_within`.

    Returns:
        The networks that are kept, as one ensemble. Its `trials` say what was tried: the loss of
        the rows that chose, out of fold or held out, and how many networks of each are kept.

    Raises:
        ArgumentError, HelderError, KeyboardInterrupt: As `fit_within`.
    """
    deadline = deadline.sooner(afterwards(problem))
    before = deadline.left
    outcome = fit_within(
        problem, recipe, deadline, seed=seed, listener=listener, fewest=fewest, **how
    )
    first = outcome.ensemble.history
    tried, lasted = [Candidate({}, outcome.ensemble, first.stopped)], before - deadline.left
    chooses = problem.watched and first.stopped in DONE and not outcome.shortened
    rng = generator(seed, CANDIDATES, Purpose.SPLIT)
    while chooses and deadline.left > ROOM * lasted and len(tried) < MOST_TRIED:
        before = deadline.left
        # The first one differs by its draws alone: to average two is a gain for sure.
        values = drawn(problem, recipe, rng) if len(tried) > 1 else {}
        one = candidate(
            problem,
            Varied(recipe, values),
            seed=seed_of_repeat(seed, FAR + len(tried)),
            listener=listener,
            deadline=deadline,
            **how,
        )
        tried.append(one)
        if one.done:
            lasted = before - deadline.left
        elif one.stopped != RAN_OFF:
            break  # there is no more time, or somebody wants no more
    if len(tried) == 1:
        kept = len(outcome.ensemble.net.parameters.values)
        trials = (Trial({}, tried[0].val_loss, kept),)
        return replace(outcome, ensemble=replace(outcome.ensemble, trials=trials))
    ensemble = best_together(problem, tried)
    if tried[-1].stopped == INTERRUPTED:
        ensemble.history.stopped = INTERRUPTED
    return replace(outcome, ensemble=ensemble)


def candidate(problem: Problem, recipe: Varied, **how: Any) -> Candidate:
    """Trains one candidate; one that runs off is none to keep."""
    try:
        ensemble = fit_ensemble(problem, recipe, **how)
    except HelderError:
        return Candidate(recipe.values, None, RAN_OFF)
    except KeyboardInterrupt:
        return Candidate(recipe.values, None, INTERRUPTED)
    return Candidate(recipe.values, ensemble, ensemble.history.stopped)
