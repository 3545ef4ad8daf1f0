"""An adapter as it is loaded: its functions, and its own lines to be run for every new network."""

from __future__ import annotations

import ast
from importlib import resources

from helder.glass.check.network.adapting.scopes import names_stored

WORDS = ("parameters", "forward", "step", "gradients", "loss")  # the functions of an adapter
# What is loaded once.
KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def loadable(text: str) -> str:
    """An adapter's text in which each line that makes its network waits in a function.

    `helder_lines` are these functions. Every plain line keeps its number, so that a problem is told
    where the person finds it.

    Raises:
        SyntaxError: It is no Python.
    """
    tree = ast.parse(text)
    lines, after, names = text.splitlines(), list[str](), list[str]()
    for number, nodes in waiting(tree).items():
        name = f"helder_line_{number}"
        names.append(name)
        stored = {n for node in nodes for n in names_stored(node)}
        head = f"def {name}(): " + (f"global {', '.join(sorted(stored))}; " if stored else "")
        # A block cannot stand behind it.
        if isinstance(nodes[0], ast.Match) or hasattr(nodes[0], "body"):
            end = nodes[0].end_lineno or number
            lines[number - 1 : end] = [""] * (end - number + 1)
            after.append(block(name, stored, nodes[0]))
        else:
            lines[number - 1] = head + lines[number - 1]
    words = [word for word in WORDS if word in defined(tree)]
    after += [f"helder_lines = [{', '.join(names)}]", f"helder_words = {words!r}", ""]
    return "\n".join([*lines, *after])


def waiting(tree: ast.Module) -> dict[int, list[ast.stmt]]:
    """The statements that make the network, by the line at which they begin."""
    found: dict[int, list[ast.stmt]] = {}
    for node in tree.body:
        said = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)  # what it is for
        if not said and not isinstance(node, KEPT):
            found.setdefault(node.lineno, []).append(node)
    return found


def block(name: str, stored: set[str], node: ast.stmt) -> str:
    """A loop or another block within a function."""
    lines = [f"global {', '.join(sorted(stored))}"] if stored else []
    lines += ast.unparse(node).split("\n")
    return "\n".join([f"def {name}():", *(f"    {line}" for line in lines)])


def defined(tree: ast.Module) -> set[str]:
    """The names that an adapter gives a meaning: its functions, and what else it may call so."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
        else:
            found |= set(names_stored(node))
    return found


def driver_text() -> str:
    """What is added to an adapter, wherever it is loaded."""
    return resources.files(__package__).joinpath("adapter_driver.py").read_text("utf-8")
