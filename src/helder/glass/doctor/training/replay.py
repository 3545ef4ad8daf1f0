"""Where numbers stopped being finite: the training again, update by update, with every number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from helder.core.layers import Dense
from helder.core.parameters import Chain, Parameters
from helder.core.tape import Tape
from helder.engine import Task, quiet
from helder.engine.numpy_engine import NumpyEngine, NumpyTrainer
from helder.glass.doctor.training.case import layer_name
from helder.learn import MultilayerPerceptron
from helder.learn.members import task_of
from helder.learn.schedules import learning_rates
from helder.model.ensemble import seed_of_repeat
from helder.model.problem import Problem
from helder.model.recipes import Recipe
from helder.text import say
from helder.typing import Array

OPERATIONS = 2e10  # of the products, at most: some seconds


def began(problem: Problem, recipe: Recipe, seed: int, epochs: int) -> str | None:
    """The step and layer at which the first network of a fit ran off to infinity.

    Training follows from its seed, so the same draws give it again. It is computed with the book,
    whose last digits differ from the native engine's: the step may be a few away from its.

    Args:
        problem, recipe, seed: Of the fit.
        epochs: Within how many epochs it ran off.

    Returns:
        Step and layer in words; None where it does not run off here, or would take too long.
    """
    settings = replace(recipe.settings(problem), seed=seed_of_repeat(seed, 0))
    if isinstance(settings.optimizer, str) and settings.optimizer == "lbfgs":
        return None
    net = MultilayerPerceptron(
        recipe.architecture(problem), seed=settings.seed, members=max(len(problem.folds), 1)
    )
    recipe.begin(net, problem)
    member = recipe.member(problem)
    if problem.folds:
        member = replace(member, rows=problem.folds[0].train, held_out=problem.folds[0].held_out)
    task = task_of(member, 0, net.network, net.parameters, problem.rows, settings)
    rates = learning_rates(
        settings.learning_rate, settings.schedule, settings.epochs, task.updates_per_epoch
    )
    with quiet():
        return first_infinite(task, rates[:epochs])


def first_infinite(task: Task, rates: Array) -> str | None:
    """The first update of a task that leaves a number that is not finite.

    Args:
        task: What the network has to do, from its first weights on.
        rates: The learning rate of every update, (epochs, updates).
    """
    cost = 6 * task.parameters.values.shape[1] * len(task.X)  # operations of an epoch
    trainer = NumpyTrainer(task, NumpyEngine())
    for epoch, of_epoch in enumerate(rates[: max(1, int(OPERATIONS / cost))]):
        for number, made in enumerate(trainer.updates(epoch, of_epoch), 1):
            if not (np.isfinite(made.loss) and np.isfinite(trainer.theta).all()):
                key, layer = place(made.tape, task.parameters, task.k)
                return say(f"doctor.began_{key}", update=number, epoch=epoch + 1, layer=layer)
    return None


def place(tape: Tape, parameters: Parameters, k: int) -> tuple[str, str]:
    """In which of its parts an update broke first, and at which layer."""
    for number, page in enumerate(tape.pages):
        made = (getattr(page, name, None) for name in ("z", "a"))
        if not all(array is None or np.isfinite(array).all() for array in made):
            return "forward", name_of(tape.layers, number)
    for number in reversed(range(len(tape.pages))):
        gradient = getattr(tape.pages[number], "dW", None)
        if gradient is not None and not np.isfinite(gradient).all():
            return "backward", name_of(tape.layers, number)
    for number, theta in enumerate(parameters.thetas(k)):
        if not np.isfinite(getattr(theta, "W", 0.0)).all():
            return "update", name_of(tape.layers, number)
    return "loss", name_of(tape.layers, len(tape.layers) - 1)


def name_of(layers: Chain, place: int) -> str:
    """What the dense layer at or before a place of the chain is called."""
    dense = [at for at, layer in enumerate(layers) if isinstance(layer, Dense)]
    number = max(1, sum(at <= place for at in dense))
    return layer_name(number, len(dense) - 1)
