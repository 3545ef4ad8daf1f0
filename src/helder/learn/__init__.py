"""How a network learns: optimizers, schedules, history, stopping, and the network of users."""

from helder.engine import Rows
from helder.learn.history import Epoch, History
from helder.learn.members import Member
from helder.learn.multilayer_perceptron import MultilayerPerceptron
from helder.learn.optimizers import OPTIMIZERS, SGD, Adam, AdamW, Momentum, Nesterov, RMSprop
from helder.learn.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    MultiCycle,
    OneCycle,
    StepDecay,
    WarmUp,
)
from helder.learn.settings import Settings
from helder.learn.training import train

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "SGD",
    "Adam",
    "AdamW",
    "Constant",
    "Cosine",
    "Epoch",
    "History",
    "Member",
    "Momentum",
    "MultiCycle",
    "MultilayerPerceptron",
    "Nesterov",
    "OneCycle",
    "RMSprop",
    "Rows",
    "Settings",
    "StepDecay",
    "WarmUp",
    "train",
]
