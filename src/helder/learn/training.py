"""Training: go through the rows, look at what is held out, keep the best weights, stop in time."""

from __future__ import annotations

from collections.abc import Sequence

from helder.core.network import Network
from helder.core.parameters import Parameters
from helder.engine import Engine, Rows, quiet
from helder.errors import ArgumentError
from helder.learn.history import History
from helder.learn.judging import Judge
from helder.learn.lbfgs import lbfgs
from helder.learn.learners import Learners
from helder.learn.members import Member, task_of
from helder.learn.optimizers import LBFGS
from helder.learn.settings import Settings
from helder.learn.watch import Listener, SingleWatch, Watch, Watches


def train(
    network: Network,
    parameters: Parameters,
    rows: Rows,
    settings: Settings,
    held_out: Rows | None = None,
    listener: Listener | None = None,
    *,
    members: Sequence[Member] = (Member(),),
    judge: Judge | None = None,
    engine: Engine,
) -> list[History]:
    """Trains networks in place, side by side.

    The weights that remain are those of each network's best epoch on its held-out rows, which
    therefore give no honest score; without such rows they are the last finite ones. Ctrl-C ends
    training, not the program: the best weights so far are kept.

    Args:
        network: The chain of layers and the loss.
        parameters: The numbers of the networks, (K, P).
        rows: What they learn from.
        settings: How they learn.
        held_out: Rows that choose the epoch, where a member has none of its own.
        listener: Called with the mean record of every epoch; a text that it returns ends training.
        members: What sets each of the K networks apart.
        judge: What chooses the epoch by the held-out rows; None for their loss.
        engine: What computes.

    Returns:
        The history of each network.
    """
    if len(members) != len(parameters.values):
        raise ArgumentError(
            "every network is a member",
            got=len(members),
            accepted=f"{len(parameters.values)} members, one for each row of the parameters",
        )
    looked_at = [held_out is not None or member.held_out is not None for member in members]
    patience = [settings.waits if looks else None for looks in looked_at]
    watches = Watches(
        [Watch(parameters, k, waits) for k, waits in enumerate(patience)],
        listener,
    )
    with quiet():
        try:
            if settings.optimizer == LBFGS:
                if len(members) > 1:
                    raise ArgumentError(
                        "L-BFGS has no epochs that networks could share",
                        got=f"{len(members)} members",
                        accepted='one network, or an optimizer such as "adam"',
                    )
                check_whole(members[0])
                task = task_of(members[0], 0, network, parameters, rows, settings, held_out)
                watch = SingleWatch(watches, task, engine, judge)
                learns = Rows(task.X, task.y, task.weights)
                watches.end(lbfgs(task.network, parameters, learns, settings, watch))
            else:
                tasks = [
                    task_of(member, k, network, parameters, rows, settings, held_out)
                    for k, member in enumerate(members)
                ]
                own = [member.settings(settings) for member in members]
                Learners(tasks, own, engine, judge).train(watches)
        except KeyboardInterrupt:
            watches.end("interrupted")
    return watches.finish()


def check_whole(member: Member) -> None:
    """Raises ArgumentError where a member asks for what L-BFGS has not."""
    if member.learning_rate is not None or member.weight_decay is not None:
        raise ArgumentError(
            "L-BFGS finds its own steps, and has no weight decay",
            accepted="a member without learning_rate and weight_decay",
            hint="l2 holds weights back",
        )
