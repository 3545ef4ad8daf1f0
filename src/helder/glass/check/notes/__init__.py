"""What is read in the code and may be a mistake: notes, each a question, and seldom in vain."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from helder.glass.check.findings import Note
from helder.glass.check.notes.folds import one_model_for_all_folds
from helder.glass.check.notes.labels import labels_as_text
from helder.glass.check.notes.scaling import scaled_before_split, test_scaled_by_itself
from helder.glass.check.notes.scopes import Scope, scopes
from helder.glass.check.notes.shuffling import shuffled_apart
from helder.glass.check.notes.sizes import hard_coded_size
from helder.glass.check.notes.testing import test_is_train
from helder.glass.check.notes.versions import removed_numpy_name

if TYPE_CHECKING:
    from helder.glass.check.reading.sources import Source

Found = Iterator[tuple[int, str]]  # a line, and what was read there

# For each cause the rule that reads it in a function's statements, or in those of the top level.
RULES: dict[str, Callable[[Scope], Found]] = {
    "scaled-before-split": scaled_before_split,
    "test-scaled-by-itself": test_scaled_by_itself,
    "test-is-train": test_is_train,
    "shuffled-apart": shuffled_apart,
    "one-model-for-all-folds": one_model_for_all_folds,
    "labels-as-text": labels_as_text,
    "hard-coded-size": hard_coded_size,
    "removed-numpy-name": removed_numpy_name,
}


def notes(source: Source) -> list[Note]:
    """What was read in a file, in the order of its lines; a line is noted once for a cause."""
    file = source.path.name
    found: dict[tuple[int, str], Note] = {}
    for scope in scopes(source.tree):
        for cause, rule in RULES.items():
            # A formula of thousands of terms is too deep to be read; the rest of the file is not.
            with contextlib.suppress(RecursionError):
                for line, evidence in rule(scope):
                    found.setdefault((line, cause), Note(cause, file, line, evidence))
    if source.python_2 is not None:
        found[source.python_2, "python-2"] = Note("python-2", file, source.python_2)
    return [found[place] for place in sorted(found)]
