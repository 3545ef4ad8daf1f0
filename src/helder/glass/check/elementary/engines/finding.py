"""The classes of a file whose objects hold a number, or an array, and its gradient."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from helder.glass.check.elementary.file_code import last_name
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Named, Session, Thing

BACK = re.compile(r"back\w*|grad\w*|compute_?grad\w*|propagate\w*|autograd", re.IGNORECASE)
GRADIENT = re.compile(r"_*(d|g|\w*(grad|adj|deriv|delta)\w*)", re.IGNORECASE)
TRACKED = re.compile(r"\w*(req|need|track|train|auto)\w*", re.IGNORECASE)
PROBE = 2.5  # a number that no object holds by itself
DRIVER = "helder_tried"
WORDS = re.compile(r"_?(add|sub|mul|div|matmul|dot|pow|neg|exp|log|sum|mean|relu|sigmoid|tanh)_?")
NEVER = re.compile(r"__(init|repr|str|len|bool|float|int|eq|hash|lt|le|gt|ge|ne|getitem|setitem"
                   r"|iter|i\w+|new|call|del|enter|exit)__")  # fmt: skip


@dataclass(frozen=True)
class Engine:
    """A class that differentiates by itself.

    Attributes:
        owner: The class.
        flags: Arguments that say that gradients are wanted.
        data: The attribute that holds the number, and `gradient` that of its gradient.
        back: The method that goes backward.
        back_takes: What that is handed: nothing, a `leaf`, or an `array`.
        wraps: Whether it wants its number as an array.
    """

    owner: Definition
    flags: tuple[tuple[str, Any], ...]
    data: str
    gradient: str
    back: Definition
    back_takes: str = ""
    wraps: bool = False

    @property
    def given(self) -> list[Any]:
        """What the driver wants of it."""
        back = [self.back.name, self.back_takes]
        names = [self.data, self.gradient]
        return [Named(self.owner.path), dict(self.flags), *names, back, self.wraps]


@dataclass(frozen=True)
class Operation:
    """A function, or a method, that makes a new object of an engine out of others."""

    definition: Definition
    own: bool  # whether it says what goes back itself, and asks no other operation
    blamed: Definition  # what says what goes back


def engines(session: Session, definitions: Sequence[Definition]) -> Iterator[Engine]:
    """Every engine that the file defines."""
    for owner in definitions:
        if owner.kind != "class" or ":" in owner.path:
            continue
        backs = [d for d in definitions if d.owner == owner.path and goes_back(d)]
        found = engine_of(session, owner, backs[0]) if backs else None
        if found is not None:
            yield found


def goes_back(definition: Definition) -> bool:
    """Whether a method may go backward through everything by itself."""
    needed = [p for p in definition.parameters if p.default is None and p.kind == "positional"]
    return BACK.fullmatch(definition.name.strip("_")) is not None and not needed


def engine_of(session: Session, owner: Definition, back: Definition) -> Engine | None:
    """A class as an engine, if one of its objects holds the number that it is made of."""
    flags = tuple(
        (p.name, True) for p in owner.parameters if p.default is not None and is_flag(p.name)
    )
    made = session.call(owner.path, PROBE, **dict(flags)).value
    wraps = not isinstance(made, Thing)
    if wraps:
        made = session.call(owner.path, np.array(PROBE), **dict(flags)).value
    if not isinstance(made, Thing):
        return None
    state = session.state(made.handle)
    numbers = [p for p, v in state.items() if np.ndim(v) == 0 and v == PROBE]
    names = [name for path in numbers for name in re.findall(r"^\.(\w+)$", path)]
    stored = {node.attr for node in ast.walk(owner.node)
              if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}  # fmt: skip
    read = {d.name for d in properties(owner)}
    gradients = [n for n in sorted(stored | read) if GRADIENT.fullmatch(n) and not is_flag(n)]
    if not names or not gradients:
        return None
    data = min(names, key=lambda name: name.startswith("_"))
    return Engine(owner, flags, data, min(gradients, key=gradient_rank), back, wraps=wraps)


def is_flag(name: str) -> bool:
    """Whether a name says that gradients are wanted: `requires_grad`."""
    return TRACKED.fullmatch(name) is not None and "grad" in name.lower()


def gradient_rank(name: str) -> tuple[bool, bool, int]:
    """The likeliest name of what holds the gradient."""
    return name.startswith("_"), not re.search("grad", name, re.IGNORECASE), len(name)


def properties(owner: Definition) -> list[ast.FunctionDef]:
    """The properties of a class."""
    body = owner.node.body if isinstance(owner.node, ast.ClassDef) else []
    return [
        node for node in body
        if isinstance(node, ast.FunctionDef)
        and "property" in {last_name(one) for one in node.decorator_list}
    ]  # fmt: skip


def operations(engine: Engine, definitions: Sequence[Definition]) -> list[Operation]:
    """What may be an operation: the methods of the engine, and functions that make its objects."""
    name = engine.owner.name
    found: list[Operation] = []
    hidden = {node.name for node in properties(engine.owner)}
    for definition in definitions:
        method = definition.owner == engine.owner.path and definition.kind == "method"
        function = definition.kind == "function" and may_make(definition, name)
        if definition is engine.back or not (method or function) or definition.name in hidden:
            continue
        if not NEVER.fullmatch(definition.name):
            own = makes_nodes(definition, name)
            blamed = definition if own else asked(definition, definitions)
            found.append(Operation(definition, own, blamed))
    return found


def may_make(definition: Definition, name: str) -> bool:
    """Whether a function may give an object of a class: it names it, or is called an operation."""
    return name in ast.unparse(definition.node) or bool(WORDS.fullmatch(definition.name))


def asked(definition: Definition, definitions: Sequence[Definition]) -> Definition:
    """What an operation leaves its derivative to: the `backward` of a class that it names."""
    names = {node.id for node in ast.walk(definition.node) if isinstance(node, ast.Name)}
    backs = [d for d in definitions if d.owner in names and BACK.fullmatch(d.name)]
    return backs[0] if len(backs) == 1 else definition


def makes_nodes(definition: Definition, name: str) -> bool:
    """Whether it makes an object with more than its value, or a function that goes back."""
    inner = [node for node in ast.walk(definition.node) if node is not definition.node]
    if any(isinstance(node, ast.FunctionDef | ast.Lambda) for node in inner):
        return True
    made = (name, "__class__", "type", "cls")
    calls = [node for node in inner if isinstance(node, ast.Call) and last_name(node.func) in made]
    return any(len(node.args) + len(node.keywords) > 1 for node in calls)


def driver() -> str:
    """The text that is run beside the file."""
    return resources.files(__package__).joinpath("engine_driver.py").read_text("utf-8")
