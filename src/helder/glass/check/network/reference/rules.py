"""The rules of adaptive optimisers, right ones and those with a slip in them, as steps.

Adagrad: Duchi, Hazan and Singer (2011), J. Mach. Learn. Res. 12. RMSprop: Hinton (2012), lecture
6e. Adam: Kingma and Ba (2015), arXiv 1412.6980, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from helder.typing import Floats

ADAM, RMSPROP, ADAGRAD = "Adam", "RMSprop", "Adagrad"
BETAS = (0.9, 0.99, 0.999)
EPSILON = 1e-8
Correct = Callable[[float, Floats], Floats]  # what a moment is divided by, from beta and the step


def power(beta: float, t: Floats) -> Floats:
    """1 - beta^t, as Adam has it."""
    return 1 - beta**t


def product(beta: float, t: Floats) -> Floats:
    """1 - beta t."""
    return 1 - beta * t


def none(beta: float, t: Floats) -> Floats:
    """1: no correction."""
    return np.ones_like(t)


@dataclass(frozen=True)
class Moment:
    """A running mean of what comes in: `m = decay m + share x`.

    Attributes:
        decay: What is kept of it; 0 where there is none, 1 where it is a sum.
        share: How much of what comes in counts.
        beta: What its bias is corrected with.
        corrected: How.
    """

    decay: float
    share: float
    beta: float
    corrected: Correct = none


def mean(beta: float, corrected: Correct = none) -> Moment:
    """A mean in which the last has the weight 1 - beta."""
    return Moment(beta, 1 - beta, beta, corrected)


@dataclass(frozen=True)
class Rule:
    """A rule: `step = first / (sqrt(second) + eps)`, number by number.

    Attributes:
        name: Of the optimiser.
        first: The mean of the gradients.
        second: That of their squares.
        epsilon: What keeps the division finite.
        inside: Whether it stands under the root.
        squared: What the second moment takes of a gradient.
        rooted: What the step is divided by, from the second moment and epsilon.
        each: Whether every array counts as a step, so that t is too large.
        slip: What is wrong with it, in words; empty where it is right.
        convention: What is another convention in it; empty where it is the usual one.
    """

    name: str
    first: Moment
    second: Moment
    epsilon: float = 1e-8
    squared: Callable[[Floats], Floats] = field(default=np.square)
    rooted: Callable[[Floats, float], Floats] = field(default=lambda v, eps: np.sqrt(v) + eps)
    each: bool = False
    slip: str = ""
    convention: str = ""

    def steps(self, gradients: Sequence[Floats], arrays: Floats, kept: bool) -> list[Floats]:
        """The steps for these gradients, with a rate of 1.

        Args:
            gradients: Of each step, (n,): those of all arrays, one behind the other.
            arrays: For each number the array that it is of, from 0, (n,).
            kept: Whether the moments are kept from step to step, or begin anew at each.
        """
        m, v, count = np.zeros_like(arrays), np.zeros_like(arrays), float(arrays.max()) + 1
        found: list[Floats] = []
        for turn, g in enumerate(gradients):
            if not kept:
                m, v = np.zeros_like(arrays), np.zeros_like(arrays)
            at = float(turn if kept else 0)
            t = at * count + arrays + 1 if self.each else np.full_like(arrays, at + 1)
            m = self.first.decay * m + self.first.share * g
            v = self.second.decay * v + self.second.share * self.squared(g)
            up = m / self.first.corrected(self.first.beta, t)
            found.append(
                up / self.rooted(v / self.second.corrected(self.second.beta, t), self.epsilon)
            )
        return found


def right_rules(betas: Sequence[float], epsilons: Sequence[float]) -> Iterator[Rule]:
    """The rules as they are published, with these numbers; epsilon outside the root or in it."""
    for plain in plain_rules(betas):
        for epsilon in epsilons:
            yield replace(plain, epsilon=epsilon)
            yield replace(plain, epsilon=epsilon, rooted=lambda v, eps: np.sqrt(v + eps))


def plain_rules(betas: Sequence[float]) -> Iterator[Rule]:
    """The same but for epsilon."""
    whole = Moment(0.0, 1.0, 0.0)
    for b1, b2 in pairs(betas):
        yield Rule(ADAM, mean(b1, power), mean(b2, power))
    for b2 in betas:
        yield Rule(RMSPROP, whole, mean(b2))
    for b1, b2 in pairs(betas):
        yield Rule(ADAM, mean(b1), mean(b2), convention="neither moment is divided by 1 - beta^t")
    yield Rule(ADAGRAD, whole, Moment(1.0, 1.0, 0.0))


def pairs(betas: Sequence[float]) -> Iterator[tuple[float, float]]:
    """A beta of the mean and a larger one, or the same, of the squares."""
    return ((b1, b2) for b1 in betas for b2 in betas if b1 <= b2)


def wrong_rules(betas: Sequence[float], epsilons: Sequence[float]) -> Iterator[Rule]:
    """The slips that people make in them."""
    for rule in (*plain_rules(betas), *wrong_moments(betas)):
        for epsilon in epsilons:
            plain = replace(rule, epsilon=epsilon)
            if rule.slip:
                yield plain
                continue
            yield replace(plain, squared=lambda g: g, slip="v takes g in place of g^2")
            yield replace(plain, rooted=lambda v, eps: v + eps, slip="no root is taken of v")
            yield replace(
                plain,
                rooted=lambda v, eps: 1 / (np.sqrt(v) + eps),
                slip="the step is multiplied by the root of v in place of divided",
            )


def wrong_moments(betas: Sequence[float]) -> Iterator[Rule]:
    """Adam with a slip in its moments or in their correction."""
    for b1, b2 in pairs(betas):
        yield from wrong_corrections(b1, b2)
        for corrected in (power, none) if b1 < b2 else ():
            yield from mixed_up(mean(b1, corrected), mean(b2, corrected))


def mixed_up(m: Moment, v: Moment) -> Iterator[Rule]:
    """Adam in which a number of one moment stands in the other."""
    m_share, v_share = replace(m, share=v.share), replace(v, share=m.share)
    m_decay, v_decay = replace(m, decay=v.decay), replace(v, decay=m.decay)
    yield Rule(ADAM, m_share, v, slip="m takes (1 - beta2) g in place of (1 - beta1) g")
    yield Rule(ADAM, m, v_share, slip="v takes (1 - beta1) g^2 in place of (1 - beta2) g^2")
    yield Rule(ADAM, m_share, v_share, slip="1 - beta1 and 1 - beta2 are swapped")
    yield Rule(ADAM, m_decay, v, slip="m keeps beta2 m in place of beta1 m")
    yield Rule(ADAM, m, v_decay, slip="v keeps beta1 v in place of beta2 v")
    yield Rule(ADAM, m_decay, v_decay, slip="beta1 m and beta2 v are swapped")
    yield Rule(ADAM, v, m, slip="beta1 and beta2 are swapped")


def wrong_corrections(b1: float, b2: float) -> Iterator[Rule]:
    """Adam whose moments are divided by something else than 1 - beta^t."""
    m, v = mean(b1, power), mean(b2, power)
    one_alone = "{} is divided by 1 - beta^t, and {} is not"
    yield Rule(ADAM, m, mean(b2), slip=one_alone.format("m", "v"))
    yield Rule(ADAM, mean(b1), v, slip=one_alone.format("v", "m"))
    yield Rule(ADAM, m, v, each=True, slip="t grows with every array in place of every step")
    times = "1 - beta t in place of 1 - beta^t"
    yield Rule(ADAM, mean(b1, product), mean(b2, product), slip=times)
    if b1 < b2:
        m_other, v_other = replace(m, beta=b2), replace(v, beta=b1)
        yield Rule(ADAM, m_other, v_other, slip="1 - beta1^t and 1 - beta2^t are swapped")
        yield Rule(ADAM, m, v_other, slip="v is divided by 1 - beta1^t")
        yield Rule(ADAM, m_other, v, slip="m is divided by 1 - beta2^t")
