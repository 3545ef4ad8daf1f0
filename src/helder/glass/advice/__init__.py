"""What would help: the columns that carry the signal, cleaner labels, more rows, other sizes."""

from helder.glass.advice.columns import Importance, Importances, importances
from helder.glass.advice.conflicts import (
    Ceiling,
    Conflict,
    ceiling_of_classes,
    ceiling_of_numbers,
)
from helder.glass.advice.labels import Suspect, WrongLabels, wrong_labels, wrong_numbers
from helder.glass.advice.rows import MoreRows, more_rows
from helder.glass.advice.sizes import OtherSizes, Size, other_sizes

__all__ = [
    "Ceiling",
    "Conflict",
    "Importance",
    "Importances",
    "MoreRows",
    "OtherSizes",
    "Size",
    "Suspect",
    "WrongLabels",
    "ceiling_of_classes",
    "ceiling_of_numbers",
    "importances",
    "more_rows",
    "other_sizes",
    "wrong_labels",
    "wrong_numbers",
]
