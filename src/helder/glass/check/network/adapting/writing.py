"""What the person's expressions are where an adapter needs them: in names of the top level."""

from __future__ import annotations

import ast
import builtins
import copy
import re
from collections.abc import Iterator
from typing import Any

from helder.glass.check.network.adapting.scopes import Code, Scope, names_stored
from helder.glass.check.network.roles import plain, role, size_role
from helder.glass.check.reading.definitions import Definition, last_name
from helder.glass.check.session import Session

DEEPEST = 10
INPUTS, HIDDEN, OUTPUTS = 4, (5, 7, 6, 8), 3
LOADS = re.compile(
    r"load\w*|open|read\w*|genfromtxt|fetch\w*|input|parse_args|make_(moons|blobs|circles|classif\w+"
    r"|regress\w+)|train_test_split|get_data\w*|train_dataset|download\w*"
)
BUILT_IN = frozenset(dir(builtins))
SETTINGS = {"epochs": "1", "batch": "1000", "zero": "0.0", "one": "1.0", "quiet": "False"}
OTHERS = {
    "rate": "0.1", "rows": "6", "every": "1000", "none": "None", "test": "None",
    "X": "np.random.randn(6, 4)", "Y": "np.eye(3)[[0, 1, 2, 0, 1, 2]]",
}  # fmt: skip
SIZES = {"n_in": "4", "n_hidden": "5", "n_out": "3", "sizes": "[4, 5, 3]"}


class UnknownError(Exception):
    """An expression that cannot be written elsewhere."""


def parsed(text: str) -> ast.expr:
    """An expression from its text."""
    return ast.parse(text, mode="eval").body


class Writer:
    """Writes expressions of the person's so that they mean the same at the top level.

    Args:
        session: Where the file is loaded: which of its names there are.
        code: The file.
    """

    def __init__(self, session: Session, code: Code) -> None:
        self.session, self.code = session, code
        self.known_names: dict[str, bool] = {}
        self.shrinks = True  # whether sizes that are written are replaced by small ones
        self.keeps_sizes = False  # of single layers, which follow each other

    def known(self, name: str) -> bool:
        """Whether a name of the top level has a value."""
        if name not in self.known_names:
            there = name in self.code.names or name in BUILT_IN
            self.known_names[name] = there or self.session.read(name).problem is None
        return self.known_names[name]

    def written(self, node: ast.expr, scope: Scope, hint: str = "", depth: int = 0) -> ast.expr:
        """An expression of a scope, its local names replaced by what they stand for.

        Raises:
            UnknownError: It holds what only a run could tell.
        """
        try:
            return self.exactly(node, scope, hint, depth)
        except UnknownError:
            text = by_name(hint)
            if text is None:
                raise
            return parsed(text)

    def exactly(self, node: ast.expr, scope: Scope, hint: str, depth: int) -> ast.expr:
        if depth > DEEPEST:
            raise UnknownError
        match node:
            case ast.Constant():
                return sized(node, hint) if self.shrinks and not self.keeps_sizes else node
            case ast.Name(id=name):
                return self.of_name(name, scope, hint, depth)
            case ast.Call():
                return self.call(node, scope, depth)
            case ast.List() | ast.Tuple():
                return self.row(node, scope, hint, depth)
            case ast.Attribute() | ast.Subscript():
                plainly = size_of(node) or self.option(node, scope)
                if plainly is not None:
                    return self.exactly(plainly, scope, hint, depth + 1)
                found = self.parts(node, scope, depth)
                if isinstance(found.value, ast.Name | ast.Attribute | ast.Subscript) and (
                    self.missing(found)
                ):
                    raise UnknownError
                return found
            case ast.Starred() | ast.Lambda() | ast.NamedExpr() | ast.Await():
                raise UnknownError
        return self.parts(node, scope, depth)

    def option(self, node: ast.expr, scope: Scope) -> ast.expr | None:
        """The usual value of an option of the command line: `args.width`; None for others."""
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            return None
        makers = [m.value for m in scope.stored.get(node.value.id, ()) if m.value is not None]
        if not any(isinstance(m, ast.Call) and last_name(m) == "parse_args" for m in makers):
            return None
        for call, _ in self.code.calls.get("add_argument", ()):
            names = [a.value for a in call.args if isinstance(a, ast.Constant)]
            default = next((k.value for k in call.keywords if k.arg == "default"), None)
            if default is not None and f"--{node.attr}" in [str(n).replace("-", "_").replace(
                "__", "--", 1) for n in names]:  # fmt: skip
                return default
        return None

    def missing(self, node: ast.expr) -> bool:
        """Whether a path from a plain name of the file leads nowhere."""
        root = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if not isinstance(root, ast.Name) or root.id in self.code.names or root.id in BUILT_IN:
            return False
        return self.session.read(ast.unparse(node)).problem is not None

    def parts(self, node: Any, scope: Scope, depth: int) -> Any:
        """An expression with each of its parts written."""
        new = copy.copy(node)
        own = {n for c in getattr(node, "generators", []) for n in names_stored(c.target)}
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(new, field, self.part(value, scope, own, depth))
            elif isinstance(value, list):
                changed = [self.part(v, scope, own, depth) if isinstance(v, ast.AST) else v
                           for v in value]  # fmt: skip
                setattr(new, field, changed)
        return new

    def part(self, node: Any, scope: Scope, own: set[str], depth: int) -> Any:
        if isinstance(node, ast.Name) and node.id in own:
            return node
        if own or isinstance(node, ast.comprehension):
            free = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
            inner = own | set(names_stored(node))
            if all(n.id in inner or (not local(n.id, scope) and self.known(n.id)) for n in free):
                return node
            raise UnknownError
        if not isinstance(node, ast.expr):
            return self.parts(node, scope, depth)
        return self.exactly(node, scope, "", depth + 1)

    def of_name(self, name: str, scope: Scope, hint: str, depth: int) -> ast.expr:
        """What a name stands for."""
        if name in scope.parameters:
            for value, place in self.given(name, scope):
                try:
                    return self.exactly(value, place, hint or name, depth + 1)
                except UnknownError:
                    continue
        is_module = isinstance(scope.node, ast.Module)
        if name in scope.stored and not (is_module and self.known(name)):
            value = assigned(name, scope)
            if self.shrinks and isinstance(value, ast.Constant) and size_role(name):
                return sized(value, name)  # every layer that it is given to has the same
            return self.exactly(value, scope, hint or name, depth + 1)
        if local(name, scope) and not is_module:
            raise UnknownError
        if not self.known(name):
            raise UnknownError
        return ast.Name(name, ast.Load())

    def given(self, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """What the callers of a function give for a parameter, then its default."""
        of_class = scope.owner is not None and scope.name == "__init__"
        called = scope.owner.name if of_class and scope.owner else scope.name
        for call, place in self.code.calls.get(called, ()):
            names = list(scope.parameters)
            given = dict(zip(names, call.args, strict=False))
            given |= {k.arg: k.value for k in call.keywords if k.arg}
            if name in given and not isinstance(given[name], ast.Starred):
                yield given[name], place
        yield from self.minimised(name, scope)
        default = scope.parameters[name]
        if default is not None:
            yield default, Scope(self.code.trees[0])

    def minimised(self, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """What SciPy hands on to what it minimises: `minimize(cost, x0, args=(X, y))`."""
        for of in ("minimize", "fmin_cg", "fmin_bfgs", "fmin_tnc", "fmin_ncg", "fmin_l_bfgs_b"):
            for call, place in self.code.calls.get(of, ()):
                named = {k.arg: k.value for k in call.keywords}
                plain = dict(zip(("fun", "x0", "args"), call.args, strict=False)) | named
                function = plain.get("fun", named.get("f", named.get("func")))
                if not isinstance(function, ast.Name) or function.id != scope.name:
                    continue
                more = plain.get("args")
                values = [plain.get("x0"), *(more.elts if isinstance(more, ast.Tuple) else ())]
                value = dict(zip(scope.parameters, values, strict=False)).get(name)
                if value is not None:
                    yield value, place

    def call(self, node: ast.Call, scope: Scope, depth: int) -> ast.expr:
        """A call, its arguments written; those that are settings as a check wants them."""
        if LOADS.fullmatch(last_name(node)):
            raise UnknownError
        function = self.exactly(node.func, scope, "", depth + 1)
        owner = self.called(node)
        if sum(isinstance(a, ast.Call) for a in node.args) > 1 and not self.keeps_sizes:
            self.keeps_sizes = True  # layers, which follow each other
            try:
                return self.call(node, scope, depth)
            finally:
                self.keeps_sizes = False
        if owner is None:
            args = [self.exactly(a, scope, "", depth + 1) for a in node.args]
            keywords = [ast.keyword(k.arg, self.exactly(k.value, scope, k.arg or "", depth + 1))
                        for k in node.keywords]  # fmt: skip
            return ast.Call(function, args, keywords)
        args = shrunk(node.args) if takes_sizes(owner) and self.shrinks else list(node.args)
        names = [p.name for p in owner.parameters if p.kind == "positional"]
        names += [""] * (len(args) - len(names))
        ends = {size_role(n) for n in names} & {"n_in", "n_out"}
        new = []
        for at, (a, n) in enumerate(zip(args, names, strict=False)):
            try:
                new.append(self.argument(a, n, scope, depth, bool(ends)))
            except UnknownError:
                if not is_size(a) or self.keeps_sizes:
                    raise
                new.append(ast.Constant(INPUTS if at == 0 else OUTPUTS))
        keywords = [
            ast.keyword(k.arg, self.argument(k.value, k.arg or "", scope, depth, bool(ends)))
            for k in node.keywords
        ]
        if owner.kind == "class":
            keywords += self.settings(owner, {*names[: len(new)], *(k.arg for k in keywords)})
        made = ast.Call(function, new, keywords)
        return distinct(made, names) if self.shrinks else made

    def settings(self, owner: Definition, given: set[str | None]) -> list[ast.keyword]:
        """Arguments that a class would take its own defaults for: no decay, one epoch."""
        found = []
        for p in owner.parameters:
            setting = SETTINGS.get(role(p.name) or "")
            usual = p.default or "None"
            if p.name in given or setting is None or usual[:1] not in "0123456789TF":
                continue
            if usual not in ("0", "0.0", "False") or setting not in ("0.0", "False"):
                found.append(ast.keyword(p.name, parsed(setting)))
        return found

    def argument(self, node: ast.expr, name: str, scope: Scope, depth: int, ends: bool) -> ast.expr:
        """An argument for a parameter of the person's by its name."""
        setting = SETTINGS.get(role(name) or "") if name else None
        if setting is not None and not isinstance(node, ast.Constant):
            return parsed(setting)
        if setting is not None and isinstance(node, ast.Constant):
            return node if isinstance(node.value, str | None) else parsed(setting)
        if (
            self.shrinks
            and ends
            and size_role(name) == "sizes"
            and isinstance(node, ast.List | ast.Tuple)
        ):
            return inner_sizes(node)
        return self.written(node, scope, name, depth + 1)

    def called(self, node: ast.Call) -> Definition | None:
        """The person's own definition that is called."""
        if isinstance(node.func, ast.Name):
            return self.code.by_name.get(node.func.id)
        if isinstance(node.func, ast.Attribute):
            found = self.code.methods.get(node.func.attr, [])
            return found[0] if len(found) == 1 else None
        return None

    def row(
        self, node: ast.List | ast.Tuple, scope: Scope, hint: str, depth: int
    ) -> ast.List | ast.Tuple:
        """A list; where it is one of sizes, those that are not known are ours."""
        if self.shrinks and size_role(hint) == "sizes" and all(is_count(e) for e in node.elts):
            return type(node)(shrunk(node.elts), ast.Load())
        found: list[ast.expr] = []
        last = len(node.elts) - 1
        before, calls = self.keeps_sizes, [e for e in node.elts if isinstance(e, ast.Call)]
        self.keeps_sizes = before or len(calls) > 1
        try:
            return self.elements(node, scope, hint, depth, found, last)
        finally:
            self.keeps_sizes = before

    def elements(
        self, node: ast.List | ast.Tuple, scope: Scope, hint: str, depth: int,
        found: list[ast.expr], last: int,
    ) -> ast.List | ast.Tuple:  # fmt: skip
        """The elements of a list, those that are not known ours where they are sizes."""
        for at, element in enumerate(node.elts):
            try:
                found.append(self.exactly(element, scope, "", depth + 1))
            except UnknownError:
                if size_role(hint) != "sizes" and not is_size(element):
                    raise
                size = INPUTS if at == 0 else OUTPUTS if at == last else HIDDEN[0]
                found.append(ast.Constant(size))
        if self.shrinks and size_role(hint) == "sizes" and all(map(is_count, found)):
            found = shrunk(found)
        return type(node)(found, ast.Load())


def size_of(node: ast.expr) -> ast.expr | None:
    """How many inputs or outputs there are, where rows or targets are asked: `X.shape[1]`."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Attribute):
        return None
    of, place = node.value.value, node.slice
    if node.value.attr != "shape" or not isinstance(of, ast.Name):
        return None
    second = isinstance(place, ast.Constant) and place.value in (1, -1)
    size = {"X": INPUTS, "Y": OUTPUTS}.get(role(of.id) or "")
    return ast.Constant(size) if second and size is not None else None


def distinct(call: ast.Call, names: list[str]) -> ast.Call:
    """A call in which two hidden layers have two sizes."""
    arguments = [*zip(names, call.args, strict=False), *((k.arg or "", k.value)
                 for k in call.keywords)]  # fmt: skip
    hidden = [value for name, value in arguments if size_role(name) == "n_hidden"]
    for value, size in zip(hidden[1:], HIDDEN[1:], strict=False):
        if isinstance(value, ast.Constant) and type(value.value) is int:
            value.value = size
    return call


def by_name(name: str) -> str | None:
    """What a parameter of this name is given."""
    what = role(name) if name else None
    if what == "seed":
        return "0" if plain(name).endswith("seed") else "np.random.default_rng(0)"
    if what in ("X", "Y"):
        return OTHERS[what]
    return SIZES.get(size_role(name) or "") or (SETTINGS | OTHERS).get(what or "")


def local(name: str, scope: Scope) -> bool:
    """Whether a name is one of a scope's own."""
    if name in scope.parameters or name in scope.stored:
        return True
    return any(name in names_stored(s) for s in scope.statements) or name == scope.itself


def assigned(name: str, scope: Scope) -> ast.expr:
    """What a name is given first; raises UnknownError where it is a part of something."""
    for node in scope.stored[name]:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name) and node.value is not None:
            return node.value
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for t, v in zip(target.elts, node.value.elts, strict=False):
                if isinstance(t, ast.Name) and t.id == name:
                    return v
        break
    raise UnknownError


def is_count(node: ast.expr) -> bool:
    """Whether an expression is a whole number."""
    return isinstance(node, ast.Constant) and type(node.value) is int


def is_size(node: ast.expr) -> bool:
    """Whether an expression says how large something is: `X.shape[1]`, `len(classes)`."""
    return re.search(r"\.shape\[|len\(|\.max\(|unique\(|\.size", ast.unparse(node)) is not None


def takes_sizes(owner: Definition) -> bool:
    """Whether a class takes sizes one by one: `Brain(4, 24, 2)`."""
    return any(p.kind == "args" for p in owner.parameters)


def shrunk(sizes: list[ast.expr]) -> list[ast.expr]:
    """Few units in place of many: 4 inputs, 5 and 7 units, 3 outputs (or one)."""
    if len(sizes) < 2 or not all(map(is_count, sizes)):
        return list(sizes)
    last = sizes[-1].value if isinstance(sizes[-1], ast.Constant) else OUTPUTS
    new = [INPUTS, *HIDDEN[: len(sizes) - 2], 1 if last == 1 else OUTPUTS]
    return [ast.Constant(size) for size in new] if len(new) == len(sizes) else list(sizes)


def inner_sizes(node: ast.List | ast.Tuple) -> ast.expr:
    """The sizes of hidden layers, where inputs and outputs are given apart."""
    return type(node)([ast.Constant(size) for size in HIDDEN[: len(node.elts)]], ast.Load())


def sized(node: ast.Constant, hint: str) -> ast.expr:
    """A size as we want it, where a number says one."""
    if type(node.value) is not int or not hint:
        return node
    what = size_role(hint) if role(hint) not in ("X", "Y") else None
    if what == "n_out" and node.value == 1:
        return node
    return parsed(SIZES[what]) if what in ("n_in", "n_hidden", "n_out") else node
