"""Objects that only hold parameters, which functions are handed: `train(net, X, y)`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from helder.glass.check.network.binding.calls import Context, filled, named_results
from helder.glass.check.network.binding.roots import ObjectRoot, Targets, unresolved
from helder.glass.check.reading.definitions import Definition
from helder.glass.check.session import Outcome, Session, Thing, Value


class RecordRoot(ObjectRoot):
    """An instance of somebody's class that is an argument of functions.

    Args:
        session: Where the file is loaded.
        handle: The instance.
        targets: What the file calls the results of its functions.
        taking: For each function the parameter that it is.
    """

    def __init__(
        self, session: Session, handle: str, targets: Targets, taking: Mapping[str, str]
    ) -> None:
        super().__init__(session, handle, targets, MappingProxyType({}))
        self.taking = taking

    def fresh(self) -> RecordRoot | None:
        copied = self.session.copy(self.handle).value
        if not isinstance(copied, Thing):
            return None
        root = RecordRoot(self.session, copied.handle, self.targets, self.taking)
        root.settings = self.its_settings()
        return root

    def call(self, definition: Definition, context: Context) -> Outcome:
        self.settings = None
        name = self.taking.get(definition.path)
        if name is not None:
            context.names[name] = Thing(self.handle, "")
        arguments = filled(definition, context)
        if isinstance(arguments, str):
            return unresolved(definition, arguments)
        outcome = self.session.call(definition.path, *arguments.positional, **arguments.named)
        context.names |= named_results(
            definition, outcome.value, self.targets.get(definition.name, ())
        )
        return outcome


def taking(functions: Sequence[Definition], state: Mapping[str, Value]) -> dict[str, str]:
    """For each function the parameter that is the object: it looks into it, or hands it on."""
    attributes = {path.lstrip(".").replace("[", ".").partition(".")[0] for path in state}
    found = {d.path: name for d in functions if (name := looked_into(d, attributes)) is not None}
    for _ in functions:
        more = {
            d.path: name
            for d in functions
            if d.path not in found and (name := handed_on(d, functions, found)) is not None
        }
        if not more:
            break
        found |= more
    return found


def looked_into(definition: Definition, attributes: set[str]) -> str | None:
    """The parameter of which a function reads one of these attributes."""
    names = {p.name for p in definition.parameters}
    for node in ast.walk(definition.node):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.value.id in names and node.attr in attributes:
            return node.value.id
    return None


def handed_on(
    definition: Definition, functions: Sequence[Definition], found: Mapping[str, str]
) -> str | None:
    """The parameter that a function gives to another one that takes the object."""
    names = {p.name for p in definition.parameters}
    known = {d.name: d for d in functions if d.path in found}
    for node in ast.walk(definition.node):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in known:
            continue
        called = known[ast.unparse(node.func)]
        order = [p.name for p in called.parameters]
        given = dict(zip(order, node.args, strict=False))
        given |= {word.arg: word.value for word in node.keywords if word.arg}
        value = given.get(found[called.path])
        if isinstance(value, ast.Name) and value.id in names:
            return value.id
    return None
