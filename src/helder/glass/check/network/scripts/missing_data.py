"""Which of the names that a loop lacks are its rows and targets, where their names do not say."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from helder.glass.check.network import roles
from helder.glass.check.reading.scripts import Script

TO_TEST = re.compile(r"test|val(id)?|dev|prueba|teste|prova", re.IGNORECASE)


def unnamed_data(
    script: Script, missing: Sequence[str], xs: Sequence[str], ys: Sequence[str]
) -> tuple[list[str], list[str]]:
    """More names of rows and of targets: a loop goes forward with its rows before it meets targets.

    Args:
        script: The loop.
        missing: What it reads, and what the file cannot make: most often data from elsewhere.
        xs: The names that are known to be rows.
        ys: The same of targets.
    """
    xs, ys = ([name for name in names if not TO_TEST.search(name)] for names in (xs, ys))
    if not missing or (xs and ys):
        return [], []
    order = [node.id for node in in_order(script.node) if node.id in missing]
    called = {ast.unparse(n.func) for n in ast.walk(script.node) if isinstance(n, ast.Call)}
    open_ = [
        name
        for name in dict.fromkeys(order)
        if roles.role(name) is None and roles.size_role(name) is None and name not in called
    ]
    tests = [name for name in open_ if TO_TEST.search(name)]
    plain = [name for name in open_ if name not in tests]
    wanted = (not xs) + (not ys)
    if len(plain) < wanted:
        return [], []
    more_xs = [] if xs else [plain[0]]
    more_ys = [] if ys else [plain[wanted - 1]]
    half = len(tests) // 2
    return more_xs + tests[:half], more_ys + tests[half:]


def in_order(node: ast.AST) -> list[ast.Name]:
    """The names within, in the order of the text."""
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    return sorted(names, key=lambda name: (name.lineno, name.col_offset))
