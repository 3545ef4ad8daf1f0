"""The doctor at work: findings of a training that is over, or of one while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from helder.glass.doctor.training.case import Training
from helder.glass.doctor.training.table import RULES
from helder.learn.history import Epoch
from helder.model.finding import Finding
from helder.text import say

HOPELESS = 1e6  # times what guessing costs
HOPELESS_EPOCHS = 5  # for so long, and rising
SHUT_EPOCHS = 10  # without a gradient in any hidden layer
LOOKED = 30  # epochs after which nothing new shows while a training goes on


def diagnosed(training: Training) -> tuple[Finding, ...]:
    """Everything that the rules see in a training, causes before their effects."""
    with np.errstate(all="ignore"):
        return tuple(found for rule in RULES for found in rule.findings(training))


class Attending:
    """Listens to a training: tells each finding as it appears, and says when all is lost.

    Args:
        training: What is known before it starts.
        tell: Called with each finding; each rule is told once.
    """

    def __init__(self, training: Training, tell: Callable[[Finding], None]) -> None:
        self.training, self.tell = training, tell
        self.findings: list[Finding] = []

    def __call__(self, record: Epoch) -> str | None:
        """Looks at one more epoch; a text is a reason to stop."""
        records = self.training.records
        if records and record.epoch <= records[-1].epoch:  # the next repeat begins anew
            records = ()
        self.training = replace(self.training, records=(*records, record))
        told = {finding.rule for finding in self.findings}
        # What the layers do shows early; a rule that looks at all epochs again and again would
        # cost more than the training.
        if record.epoch <= LOOKED or not np.isfinite(record.loss):
            for finding in diagnosed(self.training):
                if finding.rule not in told:
                    told.add(finding.rule)
                    self.findings.append(finding)
                    self.tell(finding)
        return lost(self.training)


def lost(training: Training) -> str | None:
    """Why it is certain that more epochs change nothing; None where they may.

    A network whose numbers are not finite ends by itself, and those beside it go on.
    """
    recent, targets = training.losses[-HOPELESS_EPOCHS:], training.targets
    if targets is None or len(recent) < HOPELESS_EPOCHS:
        return None
    far = np.isfinite(recent) & (recent > HOPELESS * max(targets.guess, 1e-12))
    if far.all() and (np.diff(recent) > 0).all():
        return say("doctor.stopped_exploding")
    if shut_off(training):
        return say("doctor.stopped_not_learning")
    return None


def shut_off(training: Training) -> bool:
    """Whether no gradient reaches any hidden layer, for many epochs, and none ever will.

    What is learnt beside the weights, such as how much of its bend a unit takes, could open it.
    """
    looks = training.looks[-SHUT_EPOCHS:]
    opens = any(
        layer.parametric or layer.normalisation != "none"
        for layer in training.architecture.hidden_layers
    )
    if not training.depth or len(looks) < SHUT_EPOCHS or opens:
        return False
    gradients = [[layer.gradient for layer in training.hidden(look)] for look in looks]
    return bool((np.array(gradients) == 0).all())
