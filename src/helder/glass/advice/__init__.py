"""What would help: the columns that carry the signal, cleaner labels, and what they cannot tell."""

from helder.glass.advice.columns import Importance, Importances, importances
from helder.glass.advice.conflicts import (
    Ceiling,
    Conflict,
    alike,
    alike_cells,
    ceiling_of_classes,
    ceiling_of_numbers,
)

__all__ = [
    "Ceiling",
    "Conflict",
    "Importance",
    "Importances",
    "alike",
    "alike_cells",
    "ceiling_of_classes",
    "ceiling_of_numbers",
    "importances",
]
