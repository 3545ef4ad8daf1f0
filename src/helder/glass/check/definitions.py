"""What somebody's file defines: its functions, methods and classes, as they are read, never run."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function, without `self`.

    Attributes:
        name: As the person wrote it.
        default: The source of its default, such as `0.01`; None where there is none.
        kind: `positional`, `keyword` (only), `args` (`*args`) or `kwargs`.
    """

    name: str
    default: str | None = None
    kind: str = "positional"


@dataclass(frozen=True)
class Definition:
    """A function, method or class of the file.

    Attributes:
        path: How a session calls it: `softmax`, `Network.forward`.
        kind: `function` (also a lambda with a name), `method`, `static` (or class method), `class`.
        file: Where it stands, and the line of its `def`, counted from 1.
        parameters: Of the function; of `__init__` for a class.
        returns: For each of its `return` statements the source of what it gives, one text for each
            element of a tuple: `(("Z1", "A1", "Z2", "A2"),)`.
        node: Its syntax tree.
        lacks_self: A method whose first parameter is not `self`, and that is not static.
    """

    path: str
    kind: str
    file: str
    line: int
    parameters: tuple[Parameter, ...]
    returns: tuple[tuple[str, ...], ...]
    node: ast.AST
    lacks_self: bool = False

    @property
    def name(self) -> str:
        """Its last name: `forward`."""
        return self.path.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The class that it stands in; empty for a function."""
        return self.path.rpartition(".")[0]
