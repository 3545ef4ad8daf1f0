"""What somebody's file defines: its functions, methods and classes, as they are read, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from helder.glass.check.reading.loops import is_main_guard


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
        path: How a session calls it: `softmax`, `Network.forward`; `layers:Dense.forward` for what
            stands in the module `layers` beside the person's file.
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
        return self.path.rpartition(":")[2].rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The path of the class that it stands in; empty for a function."""
        module, colon, path = self.path.rpartition(":")
        owner = path.rpartition(".")[0]
        return f"{module}{colon}{owner}" if owner else ""


SELVES = ("self", "this", "cls", "me", "_self")  # a first parameter that means the object
STATIC = ("staticmethod", "classmethod")


def definitions(tree: ast.Module, file: str, module: str = "") -> tuple[Definition, ...]:
    """What the top level of a module defines, within its classes too, in the order of the file.

    What stands in functions, and under `if __name__ == "__main__":`, is left out.

    Args:
        tree: Of the file, as `sources.read_sources` gives it.
        file: The file's name.
        module: Of a module beside the person's file: its name, which then begins each path.
    """
    return tuple(defined(tree.body, file, f"{module}:" if module else "", in_class=False))


def defined(
    body: list[ast.stmt], file: str, prefix: str, *, in_class: bool
) -> Iterator[Definition]:
    """The definitions among statements, those of classes within included."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield function(node, file, prefix, in_class)
        elif isinstance(node, ast.ClassDef):
            yield Definition(
                f"{prefix}{node.name}", "class", file, node.lineno, made_from(node, body), (), node
            )
            yield from defined(node.body, file, f"{prefix}{node.name}.", in_class=True)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from named_lambdas(node, file, prefix, in_class)
        elif isinstance(node, ast.If | ast.Try) and not is_main_guard(node):
            handlers = node.handlers if isinstance(node, ast.Try) else []
            inner = [*node.body, *(line for h in handlers for line in h.body), *node.orelse]
            yield from defined(inner, file, prefix, in_class=in_class)


def function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, file: str, prefix: str, in_class: bool
) -> Definition:
    """The definition that a `def` makes, of a method without its `self`."""
    found = parameters(node.args)
    decorators = {last_name(decorator) for decorator in node.decorator_list}
    kind, lacks_self = "function", False
    if in_class:
        kind = "static" if decorators & set(STATIC) else "method"
        has_self = bool(found) and found[0].kind == "positional" and found[0].name in SELVES
        takes_all = bool(found) and found[0].kind == "args"
        lacks_self = kind == "method" and not has_self and not takes_all
        if has_self and (kind == "method" or "classmethod" in decorators):
            found = found[1:]
    path = f"{prefix}{node.name}"
    return Definition(path, kind, file, node.lineno, found, returned(node.body), node, lacks_self)


def named_lambdas(
    node: ast.Assign | ast.AnnAssign, file: str, prefix: str, in_class: bool
) -> Iterator[Definition]:
    """The definitions of `relu = lambda z: ...`; in a class it takes the object like a method."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if not isinstance(node.value, ast.Lambda):
        return
    found = parameters(node.value.args)
    has_self = bool(found) and found[0].name in SELVES
    kind = "method" if in_class else "function"
    returns = (elements(node.value.body),)
    for target in targets:
        if isinstance(target, ast.Name):
            shown = found[1:] if in_class and has_self else found
            lacks_self = in_class and not has_self
            path = f"{prefix}{target.id}"
            yield Definition(path, kind, file, node.lineno, shown, returns, node.value, lacks_self)


def parameters(arguments: ast.arguments) -> tuple[Parameter, ...]:
    """Of a `def` or a lambda, in their order."""
    plain = [*arguments.posonlyargs, *arguments.args]
    missing = len(plain) - len(arguments.defaults)
    defaults = [None] * missing + [ast.unparse(default) for default in arguments.defaults]
    found = [Parameter(p.arg, default) for p, default in zip(plain, defaults, strict=True)]
    if arguments.vararg:
        found.append(Parameter(arguments.vararg.arg, kind="args"))
    for p, default_node in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        default = ast.unparse(default_node) if default_node is not None else None
        found.append(Parameter(p.arg, default, "keyword"))
    if arguments.kwarg:
        found.append(Parameter(arguments.kwarg.arg, kind="kwargs"))
    return tuple(found)


def made_from(node: ast.ClassDef, beside: list[ast.stmt]) -> tuple[Parameter, ...]:
    """The parameters of a class's `__init__`, of a base's beside it, or a dataclass's fields."""
    classes = {other.name: other for other in beside if isinstance(other, ast.ClassDef)}
    seen: set[str] = set()
    current: ast.ClassDef | None = node
    while current is not None and current.name not in seen:
        seen.add(current.name)
        for line in current.body:
            if isinstance(line, ast.FunctionDef) and line.name == "__init__":
                return parameters(line.args)[1:]
        if "dataclass" in {last_name(decorator) for decorator in current.decorator_list}:
            return fields(current)
        bases = [classes.get(base.id) for base in current.bases if isinstance(base, ast.Name)]
        current = next((base for base in bases if base is not None), None)
    return ()


def fields(node: ast.ClassDef) -> tuple[Parameter, ...]:
    """The parameters of a dataclass."""
    lines = [line for line in node.body if isinstance(line, ast.AnnAssign)]
    return tuple(
        Parameter(line.target.id, ast.unparse(line.value) if line.value else None)
        for line in lines
        if isinstance(line.target, ast.Name)
    )


def returned(body: list[ast.stmt]) -> tuple[tuple[str, ...], ...]:
    """What each `return` of a function gives, functions within it left out."""
    found: list[tuple[str, ...]] = []
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Return) and node.value is not None:
            found.append(elements(node.value))
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))
    return tuple(found)


def elements(node: ast.expr) -> tuple[str, ...]:
    """The sources of what an expression gives, one for each element of a tuple."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return tuple(ast.unparse(part) for part in parts)


def last_name(node: ast.expr) -> str:
    """`dataclass` of `@dataclasses.dataclass(frozen=True)`."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
