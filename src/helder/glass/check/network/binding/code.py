"""Somebody's code as it is looked at: where it is loaded, what it defines, its trees."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from helder.glass.check.network.binding.calls import targets_of
from helder.glass.check.network.binding.constructing import DISTINCT, Wish
from helder.glass.check.network.binding.roots import Targets, settings_of_file
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Session, Value


@dataclass(frozen=True)
class Code:
    """What is looked at, and for which network.

    Attributes:
        session: Where the file is loaded.
        definitions: What it defines.
        trees: Its syntax trees.
        wish: The sizes that we would like.
    """

    session: Session
    definitions: Sequence[Definition]
    trees: Sequence[ast.AST]
    wish: Wish = DISTINCT

    @cached_property
    def targets(self) -> Targets:
        """The names that callers give to what functions return."""
        return targets_of(self.trees)

    @cached_property
    def settings(self) -> dict[str, Value]:
        """The learning rate and the like that the file itself holds, by their paths."""
        return settings_of_file(self.session, self.classes)

    @cached_property
    def functions(self) -> list[Definition]:
        """The functions of the file."""
        return [d for d in self.definitions if d.kind == "function"]

    @cached_property
    def classes(self) -> list[Definition]:
        """Its classes."""
        return [d for d in self.definitions if d.kind == "class"]
