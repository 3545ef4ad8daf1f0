"""What of a file is loaded: its definitions and plain values; nothing that it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from helder.glass.check.reading.definitions import last_name
from helder.glass.check.reading.loops import is_main_guard

# Expressions that run nothing of the person's as long as all their parts are plain as well.
PLAIN = (
    ast.Constant,
    ast.Name,
    ast.Attribute,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Subscript,
    ast.Slice,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.Dict,
    ast.Starred,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.Call,  # of what `is_plain_call` lets pass
    ast.Lambda,  # its body waits
    # what stands in expressions and is none
    ast.comprehension,
    ast.keyword,
    ast.expr_context,
    ast.operator,
    ast.unaryop,
    ast.boolop,
    ast.cmpop,
)
MODULES = (
    *("numpy", "scipy", "math", "cmath", "random", "functools", "collections", "operator", "copy"),
    *("dataclasses", "enum", "typing", "types"),
)
BUILTINS = (
    *("abs", "bool", "bytes", "complex", "dict", "divmod", "enumerate", "float", "frozenset"),
    *("int", "len", "list", "max", "min", "pow", "range", "reversed", "round", "set", "slice"),
    *("sorted", "str", "sum", "tuple", "type", "zip", "property", "staticmethod", "classmethod"),
    *("xrange", "long", "unicode"),
)
# Methods of arrays, texts, lists and random generators that only give a value.
METHODS = (
    *("all", "any", "argmax", "argmin", "astype", "clip", "copy", "cumsum", "dot", "flatten"),
    *("max", "mean", "min", "prod", "ravel", "repeat", "reshape", "round", "sort", "squeeze"),
    *("std", "sum", "swapaxes", "tolist", "transpose", "var", "item", "format", "join", "lower"),
    *("replace", "split", "strip", "upper", "items", "keys", "values", "get", "count", "index"),
    *("binomial", "choice", "integers", "normal", "permutation", "rand", "randint", "randn"),
    *("random", "random_sample", "standard_normal", "uniform", "gauss", "sample", "randrange"),
)
# Of those modules: what reads or writes files, asks, or changes how errors are met.
REFUSED = (
    *("load", "loadtxt", "genfromtxt", "fromfile", "fromregex", "memmap", "open_memmap", "io"),
    *("save", "savez", "savez_compressed", "savetxt", "tofile", "DataSource", "loadmat", "savemat"),
    *("seterr", "seterrcall", "setbufsize", "set_printoptions", "test", "show_config", "datasets"),
)
DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
ASSIGNING = (ast.Assign, ast.AnnAssign, ast.AugAssign)
DECORATORS = ("staticmethod", "classmethod", "property", "dataclass", "abstractmethod")
DECORATOR_MODULES = ("functools", "numpy", "contextlib", "abc", "dataclasses", "typing", "enum")
PROPERTY_PARTS = ("setter", "getter", "deleter")


@dataclass(frozen=True)
class Sifted:
    """A file as it is loaded.

    Attributes:
        body: The statements that are kept, in their order.
        left_out: The lines of those that are not.
    """

    body: tuple[ast.stmt, ...]
    left_out: tuple[int, ...]


@dataclass
class Names:
    """What the names of a file stand for, as far as sifting asks."""

    modules: dict[str, str] = field(default_factory=dict)  # np -> numpy
    members: dict[str, tuple[str, str]] = field(default_factory=dict)  # rand -> numpy.random, rand
    own: set[str] = field(default_factory=set)  # functions and classes of the file
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: ast.Module) -> Names:
        names = cls()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    known = alias.asname or alias.name.partition(".")[0]
                    names.modules[known] = alias.name if alias.asname else known
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                for alias in node.names:
                    names.members[alias.asname or alias.name] = (node.module, alias.name)
                    names.modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        defs = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        names.own = {node.name for node in tree.body if isinstance(node, defs)}
        names.classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        names.functions = {node.name: node for node in functions}
        return names


def sift(tree: ast.Module) -> Sifted:
    """The part of a file that defines and does nothing; the tree's own nodes, changed.

    Kept are functions, classes, imports, and assignments of plain values: literals, names, lambdas,
    arithmetic, calls of NumPy that read and write no files. What a definition runs while it is
    made, decorators and defaults, is kept where it is as plain.
    """
    sieve = Sieve(Names.of(tree))
    body = list(sieve.statements(tree.body))
    return Sifted(tuple(body), tuple(sorted(set(sieve.left_out))))


class Sieve:
    """Passes statement after statement; notes the lines of those that stay behind."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.left_out: list[int] = []
        self.bound: set[str] = set()
        self.lost: set[str] = set()  # names that only what stays behind would have bound

    def statements(self, body: list[ast.stmt]) -> Iterator[ast.stmt]:
        for node in body:
            loads, stores = names_in(node)
            needs_lost = isinstance(node, ASSIGNING) and bool(loads & self.lost)
            kept = [] if needs_lost else list(self.passed(node))
            yield from kept
            if kept:
                self.bound |= stores
                self.lost -= stores
            elif not is_silent(node):
                self.left_out.append(node.lineno)
                self.lost |= stores - self.bound

    def passed(self, node: ast.stmt) -> Iterator[ast.stmt]:
        """The statement as it is loaded: itself, changed, several, or none."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield self.function(node)
            case ast.ClassDef():
                yield self.class_(node)
            case ast.Import():
                for alias in node.names:  # one each: what is missing takes no other with it
                    yield ast.copy_location(ast.Import([alias]), node)
            case ast.ImportFrom():
                if node.module != "__future__":
                    for alias in node.names:
                        one = ast.ImportFrom(node.module, [alias], node.level)
                        yield ast.copy_location(one, node)
            case ast.Assign(value=value, targets=targets):
                if self.is_plain(value) and all(self.is_plain(target) for target in targets):
                    yield self.with_plain_lambdas(node)
            case ast.AnnAssign(value=value, target=target):
                if (value is None or self.is_plain(value)) and self.is_plain(target):
                    yield self.with_plain_lambdas(node)
            case ast.AugAssign(value=value, target=target):
                if self.is_plain(value) and self.is_plain(target):
                    yield node
            case ast.If() | ast.Try() if not is_main_guard(node):
                yield from self.block(node)
            case ast.Pass():
                yield node

    def block(self, node: ast.If | ast.Try) -> Iterator[ast.stmt]:
        """An `if` or `try` that holds nothing but what is kept; else only its definitions."""
        quiet = Sieve(self.names)
        quiet.bound, quiet.lost = set(self.bound), set(self.lost)
        inner: list[list[ast.stmt]] = [node.body, node.orelse]
        if isinstance(node, ast.Try):
            inner += [node.finalbody, *(handler.body for handler in node.handlers)]
        sifted = [list(quiet.statements(body)) for body in inner]
        plain = isinstance(node, ast.Try) or self.is_plain(node.test)
        if plain and not quiet.left_out:
            for body, kept in zip(inner, sifted, strict=True):
                body[:] = kept or [ast.copy_location(ast.Pass(), node) for _ in body[:1]]
            yield node
            return
        self.left_out += quiet.left_out or [node.lineno]
        yield from (line for body in sifted for line in body if isinstance(line, DEFINING))

    def function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> ast.FunctionDef | ast.AsyncFunctionDef:
        node.decorator_list = [d for d in node.decorator_list if self.decorates(d)]
        self.defaults(node.args)
        return node

    def class_(self, node: ast.ClassDef) -> ast.ClassDef:
        node.decorator_list = [d for d in node.decorator_list if self.decorates(d)]
        node.bases = [base for base in node.bases if self.is_plain(base) or self.is_record(base)]
        node.keywords = [key for key in node.keywords if self.is_plain(key.value)]
        node.body = list(self.statements(node.body)) or [ast.copy_location(ast.Pass(), node)]
        return node

    def defaults(self, arguments: ast.arguments) -> None:
        """Defaults that are not plain become None."""
        none = ast.Constant(None)
        arguments.defaults = [
            d if self.is_plain(d) else ast.copy_location(none, d) for d in arguments.defaults
        ]
        arguments.kw_defaults = [
            d if d is None or self.is_plain(d) else ast.copy_location(none, d)
            for d in arguments.kw_defaults
        ]

    def with_plain_lambdas(self, node: ast.stmt) -> ast.stmt:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Lambda):
                self.defaults(inner.args)
        return node

    def is_plain(self, node: ast.AST) -> bool:
        """Whether evaluating this runs nothing of the person's and touches no files."""
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if not isinstance(part, PLAIN):
                return False
            if isinstance(part, ast.Call) and not self.is_plain_call(part):
                return False
            if isinstance(part, ast.Lambda):
                continue
            waiting.extend(ast.iter_child_nodes(part))
        return True

    def is_plain_call(self, node: ast.Call) -> bool:
        match node.func:
            case ast.Name(name) if name in self.names.members:
                module, member = self.names.members[name]
                return is_plain_member(f"{module}.{member}")
            case ast.Name(name) if name in self.names.own:
                if name in self.names.functions:
                    return self.only_makes_functions(self.names.functions[name])
                return name in self.names.classes and self.only_assigns(self.names.classes[name])
            case ast.Name("__import__"):
                return all(isinstance(name, ast.Constant) for name in node.args)
            case ast.Name(name):
                return name in BUILTINS
            case ast.Attribute(attr=member):
                full = self.full_name(node.func)
                if full is not None:
                    return is_plain_member(full)
                return member in METHODS  # of a value; its own parts are looked at as well
        return False

    def only_assigns(self, node: ast.ClassDef) -> bool:
        """Whether making an instance of a class of the file runs nothing but plain assignments."""
        bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
        if (
            node.keywords
            or len(bases) < len(node.bases)
            or not all(map(is_dataclass, node.decorator_list))
        ):
            return False
        known = [self.names.classes[base] for base in bases if base in self.names.classes]
        if any(other.lineno >= node.lineno or not self.only_assigns(other) for other in known):
            return False
        lines = [line for f in node.body if is_constructor(f) for line in ast.iter_child_nodes(f)]
        statements = [line for line in lines if isinstance(line, ast.stmt)]
        return all(self.is_plain_statement(line) for line in statements)

    def only_makes_functions(self, node: ast.FunctionDef) -> bool:
        """Whether a function of the file runs nothing, and gives functions: `activation(f, df)`."""
        defined = {line.name for line in node.body if isinstance(line, ast.FunctionDef)}
        gives = [line.value for line in node.body if isinstance(line, ast.Return)]
        parts = [p for g in gives for p in (g.elts if isinstance(g, ast.Tuple) else [g])]
        made = [isinstance(p, ast.Lambda) or (isinstance(p, ast.Name) and p.id in defined)
                for p in parts]  # fmt: skip
        rest = [line for line in node.body if not isinstance(line, ast.FunctionDef | ast.Return)]
        return bool(made) and all(made) and all(is_silent(line) for line in rest)

    def is_plain_statement(self, node: ast.stmt) -> bool:
        match node:
            case ast.Assign(value=value, targets=targets):
                return all(map(self.is_plain, [value, *targets]))
            case ast.AnnAssign(value=value, target=target):
                return self.is_plain(target) and (value is None or self.is_plain(value))
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(ast.Name("super"))))):
                return True
        return isinstance(node, ast.Pass) or is_silent(node)

    def full_name(self, node: ast.expr) -> str | None:
        """`numpy.random.randn` of `np.random.randn`; None where no import stands at its root."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.names.modules:
            return None
        return ".".join([self.names.modules[node.id], *reversed(parts)])

    def decorates(self, node: ast.expr) -> bool:
        """Whether a decorator is one of Python's harmless ones, or the file's own."""
        called = node.func if isinstance(node, ast.Call) else node
        if isinstance(node, ast.Call):
            values = [*node.args, *(key.value for key in node.keywords)]
            if not all(self.is_plain(value) for value in values):
                return False
        if isinstance(called, ast.Name):
            known = called.id in DECORATORS or called.id in self.names.own
            module = self.names.members.get(called.id, ("", ""))[0]
            return known or module.partition(".")[0] in DECORATOR_MODULES
        if isinstance(called, ast.Attribute):
            full = self.full_name(called)
            if full is None:
                return called.attr in PROPERTY_PARTS
            return full.partition(".")[0] in DECORATOR_MODULES and is_harmless(full)
        return False

    def is_record(self, node: ast.expr) -> bool:
        """Whether a base is `namedtuple(...)` and the like."""
        if not isinstance(node, ast.Call):
            return False
        values = [*node.args, *(key.value for key in node.keywords)]
        return last_name(node) in ("namedtuple", "NamedTuple") and all(map(self.is_plain, values))


def names_in(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """The names that a statement reads and binds when it runs, bodies of functions left out."""
    loads: set[str] = set()
    stores: set[str] = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            stores.add(node.name)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.alias):
            stores.add((node.asname or node.name).partition(".")[0])
        if isinstance(node, ast.Name):
            (loads if isinstance(node.ctx, ast.Load) else stores).add(node.id)
        waiting.extend(ast.iter_child_nodes(node))
    return loads, stores


def is_constructor(node: ast.stmt) -> bool:
    names = ("__init__", "__new__", "__post_init__", "__setattr__", "__getattribute__")
    return isinstance(node, ast.FunctionDef) and node.name in names


def is_dataclass(decorator: ast.expr) -> bool:
    return last_name(decorator) == "dataclass"


def is_silent(node: ast.stmt) -> bool:
    """Whether nobody misses a statement: a text, the start of random numbers, a `__future__`."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.ImportFrom(module="__future__"):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="seed"))):
            return True
    return is_main_guard(node)


def is_plain_member(full: str) -> bool:
    """Whether `numpy.random.randn` and its like may be called while the file is loaded."""
    return full.partition(".")[0] in MODULES and is_harmless(full)


def is_harmless(full: str) -> bool:
    return not any(part in REFUSED for part in full.split("."))
