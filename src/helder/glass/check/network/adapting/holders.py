"""What training lines read that was made before them: the network, its settings, its helpers."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from dataclasses import dataclass, field

from helder.glass.check.network.adapting.lines import inside_loops, is_before, is_idle
from helder.glass.check.network.adapting.renaming import Drafting
from helder.glass.check.network.adapting.scopes import Scope, names_read, names_stored
from helder.glass.check.network.adapting.sites import trains
from helder.glass.check.network.adapting.writing import UnknownError, Writer, assigned, local
from helder.glass.check.network.roles import role
from helder.glass.check.reading.definitions import last_name

OURS = frozenset({"X", "Y", "learning_rate"})


class UnresolvedError(UnknownError):
    """A name of which nothing tells what it is; `data` are those that are rows and targets."""

    def __init__(self, name: str, data: dict[str, str]) -> None:
        super().__init__(name)
        self.name, self.data = name, data


@dataclass
class Holders:
    """What the lines of a loop read that was made before it."""

    writer: Writer
    scope: Scope
    drafting: Drafting
    lines: list[ast.stmt]
    first: ast.stmt
    names: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)  # the text that makes each
    before: list[ast.stmt] = field(default_factory=list)  # what step makes itself
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def resolve(self) -> None:
        """Finds out what each name is."""
        for name in self.free(self.lines):
            try:
                self.one(name)
            except UnknownError:
                raise UnresolvedError(name, self.drafting.data) from None

    def free(self, lines: Sequence[ast.stmt]) -> list[str]:
        """The names that lines read before they make them, none of ours."""
        stored: set[str] = set()
        found: list[str] = []
        for line in lines:
            own = {n.id for n in ast.walk(line.target) if isinstance(n, ast.Name)} if isinstance(
                line, ast.For) else set()  # fmt: skip
            for name in names_read(line):
                skip = stored | own | OURS | {self.scope.itself}
                if name not in skip and name not in found:
                    found.append(name)
            stored |= set(names_stored(line))
        return found

    def one(self, name: str) -> None:
        """What one name is: a value, a setting, or a place of parameters."""
        scope, writer = self.scope, self.writer
        if name in self.drafting.inline or name in self.names:
            return
        if role(name) == "rate" and (local(name, scope) or writer.known(name)):
            self.drafting.inline[name] = ast.Name("learning_rate", ast.Load())
            return
        is_module = isinstance(scope.node, ast.Module)
        if not local(name, scope) or (is_module and name not in scope.stored):
            if not writer.known(name):
                raise UnknownError
            return
        makers = scope.stored.get(name, [])
        if not makers and name not in scope.parameters:
            raise UnknownError
        inside = bool(makers) and name not in scope.parameters and self.depends(makers[0])
        if inside and is_before(makers[0], self.first, scope):
            for other in self.free([makers[0]]):
                self.one(other)
            line = self.drafting.visit(copy.deepcopy(makers[0]))
            if all(ast.dump(line) != ast.dump(b) for b in self.before):
                self.before.append(line)
            return
        if self.grouped(name):
            return
        if is_module and writer.known(name):
            value = self.of_module(name)
        else:
            value = writer.of_name(name, scope, "", 0)
        if is_plain(value):
            self.drafting.inline[name] = value
        elif isinstance(value, ast.List | ast.Dict) and not ast.unparse(value).strip("[]{}"):
            self.before.append(ast.Assign([ast.Name(name, ast.Store())], value))
        else:
            self.names.append(name)
            self.values[name] = ast.unparse(value)

    def of_module(self, name: str) -> ast.expr:
        """What a name of the top level is made of, where it may hold parameters."""
        try:
            maker = assigned(name, self.scope)
        except UnknownError:
            return ast.Name(name, ast.Load())
        if isinstance(maker, ast.Call | ast.BinOp):
            return self.writer.exactly(maker, self.scope, "", 0)
        return ast.Name(name, ast.Load())

    def depends(self, maker: ast.Assign | ast.AnnAssign) -> bool:
        """Whether what makes a name reads others that hold parameters."""
        if maker.value is None or names_stored(maker)[1:]:
            return False
        reads = set(names_read(maker.value))
        if self.scope.itself and self.scope.itself in reads:
            return True
        if not self.scope.itself:
            return bool(reads & {*self.names})
        known = {*names_stored(maker), *self.drafting.data}
        for name in sorted(reads & set(self.scope.stored) - known):
            try:
                self.one(name)
            except UnknownError:
                continue
        made = {name for line in self.before for name in names_stored(line)}
        return bool(reads & {*self.names, *made})

    def grouped(self, name: str) -> bool:
        """Whether a name is made with others by one call: `W1, b1 = init()`; notes them all."""
        for maker in self.scope.stored.get(name, ()):
            target = maker.targets[0] if isinstance(maker, ast.Assign) else maker.target
            if not isinstance(target, ast.Tuple) or isinstance(maker.value, ast.Tuple):
                return False
            if maker.value is None or any(not isinstance(t, ast.Name) for t in target.elts):
                raise UnknownError
            names = tuple(t.id for t in target.elts if isinstance(t, ast.Name))
            text = ast.unparse(self.writer.exactly(maker.value, self.scope, "", 0))
            self.names += [n for n in names if n not in self.names]
            self.groups[text] = names
            return True
        return False

    def of_function(self) -> list[str]:
        """The lines that make what the lines of the loop read."""
        made = [f"{', '.join(names)} = {text}" for text, names in self.groups.items()]
        made += [f"{name} = {text}" for name, text in self.values.items()]
        if len(self.names) == 1:
            made += self.calls_on(self.names[0])
        return made

    def calls_on(self, name: str) -> list[str]:
        """What is called on or with an object before the loop: `net.add(Dense(2, 3))`."""
        found: list[str] = []
        for line in self.scope.statements:
            if line is self.first or not is_before(line, self.first, self.scope):
                continue
            for call in calls_in(line):
                of = call.func.value if isinstance(call.func, ast.Attribute) else None
                on_it = of is not None and ast.unparse(of) == name
                with_it = name in [ast.unparse(a) for a in call.args] and self.writer.called(call)
                if not (on_it or with_it) or is_idle(ast.Expr(call)) or trains(call):
                    continue
                self.writer.keeps_sizes = on_it
                try:
                    args = [a if ast.unparse(a) == name else self.writer.exactly(
                        a, self.scope, "", 0) for a in call.args]  # fmt: skip
                except UnknownError:
                    continue
                finally:
                    self.writer.keeps_sizes = False
                new = ast.Call(call.func, args, [])
                found.append(ast.unparse(ast.fix_missing_locations(new)))
        return found

    def of_class(self) -> tuple[list[str], str]:
        """The lines that make a method's object, and its class."""
        owner = self.scope.owner
        assert owner is not None
        lines = [f"net = {self.instance(owner)}"]
        for line in self.scope.statements:
            if line is self.first or line.lineno >= self.first.lineno:
                break
            text = self.on_itself(line)
            if text:
                lines.append(text)
        return lines, owner.name

    def of_data(self, root: str) -> list[str]:
        """The line that gives an object of this name its rows, where it keeps them itself."""
        owner = self.scope.owner.name if self.scope.itself and self.scope.owner else ""
        if not owner and len(self.values) == 1:
            owner = next(iter(self.values.values())).partition("(")[0]
        making = next((s for s in self.writer.code.scopes if s.owner is not None
                       and s.owner.name == owner and s.name == "__init__"), None)  # fmt: skip
        found: dict[str, str] = {}
        for line in making.statements if making is not None else ():
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Name):
                what, target = role(line.value.id), line.targets[0]
                is_data = what in ("X", "Y") and line.value.id in making.parameters  # type: ignore[union-attr]
                if is_data and isinstance(target, ast.Attribute):
                    found[f"{root}.{target.attr}"] = str(what)
        return [f"{', '.join(found)} = {', '.join(found.values())}"] if found else []

    def instance(self, owner: ast.ClassDef) -> str:
        """How the file itself makes one, else with what its parameters' names want."""
        for call, place in self.writer.code.calls.get(owner.name, ()):
            try:
                made = self.writer.call(call, place, 0)
            except UnknownError:
                continue
            return ast.unparse(ast.fix_missing_locations(made))
        definition = self.writer.code.by_name.get(owner.name)
        wanted = [p for p in definition.parameters if p.default is None] if definition else []
        texts = [self.writer.written(ast.Name("?", ast.Load()), self.scope, p.name) for p in wanted]
        more = self.writer.settings(definition, {p.name for p in wanted}) if definition else []
        made = ast.Call(ast.Name(owner.name, ast.Load()), texts, more)
        return ast.unparse(ast.fix_missing_locations(made))

    def on_itself(self, line: ast.stmt) -> str:
        """A statement before the loop that makes the object's parameters, else empty."""
        itself, value = self.scope.itself, getattr(line, "value", None)
        if not isinstance(value, ast.Call) or is_idle(line):
            return ""
        to_self = isinstance(line, ast.Expr) and ast.unparse(value.func).startswith(f"{itself}.")
        kept = isinstance(line, ast.Assign) and ast.unparse(line.targets[0]).startswith(
            f"{itself}."
        )
        if not (to_self or kept) or line in list(inside_loops(self.scope)):
            return ""
        try:
            if to_self:
                named = self.writer.code.methods.get(last_name(value), [])
                names = [p.name for p in named[0].parameters] if named else []
                args = [
                    ast.unparse(self.writer.written(a, self.scope, n))
                    for a, n in zip(value.args, [*names, *[""] * len(value.args)], strict=False)
                ]
                return (
                    f"net.{ast.unparse(value.func).removeprefix(f'{itself}.')}({', '.join(args)})"
                )
            target = ast.unparse(line.targets[0]) if isinstance(line, ast.Assign) else ""
            text = ast.unparse(self.writer.exactly(value, self.scope, "", 0))
            return f"net.{target.removeprefix(f'{itself}.')} = {text}"
        except UnknownError:
            return ""


def calls_in(line: ast.stmt) -> list[ast.Call]:
    """The call that a statement is, or that its condition asks."""
    found = [line.value] if isinstance(line, ast.Expr) else []
    if isinstance(line, ast.If):
        found = [part for part in ast.walk(line.test) if isinstance(part, ast.expr)]
    return [part for part in found if isinstance(part, ast.Call)]


def is_plain(node: ast.expr) -> bool:
    """Whether an expression is a constant, or a name or path that the file has."""
    if isinstance(node, ast.UnaryOp):
        return is_plain(node.operand)
    if isinstance(node, ast.Attribute | ast.Subscript):
        return is_plain(node.value)
    return isinstance(node, ast.Constant | ast.Name)
