"""The doctor of trainings: findings while one goes on and after it, causes before effects."""

from helder.glass.doctor.training.case import Inputs, Targets, Training
from helder.glass.doctor.training.doctoring import Attending, diagnosed
from helder.glass.doctor.training.doors import begun, diagnose, done, of_file
from helder.glass.doctor.training.replay import began
from helder.glass.doctor.training.table import RULES

__all__ = [
    "RULES",
    "Attending",
    "Inputs",
    "Targets",
    "Training",
    "began",
    "begun",
    "diagnose",
    "diagnosed",
    "done",
    "of_file",
]
