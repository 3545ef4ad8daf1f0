"""What is looked at while a network is checked."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from helder.glass.check.deadline import Deadline
from helder.glass.check.network.judging.recognising import Recogniser
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session


@dataclass(frozen=True)
class Case:
    """What is looked at: where the file is loaded, what it defines, and until when."""

    session: Session
    definitions: Sequence[Definition]
    trees: Sequence[ast.AST]
    recogniser: Recogniser

    @property
    def deadline(self) -> Deadline:
        """Until when."""
        return self.recogniser.deadline

    def until(self, deadline: Deadline) -> Case:
        """The same until another moment."""
        return replace(self, recogniser=self.recogniser.until(deadline))
