"""How many outputs the network has that a file makes for itself, where the file says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from helder.glass.check.network import roles
from helder.glass.check.network.binding.templates import own_calls, single
from helder.glass.check.network.case import Case
from helder.glass.check.network.judging.verdicts import Judged

MAKES_NUMBERS = ("np.", "numpy.", "random.")


def shows_one_output(case: Case, judged: Judged) -> bool:
    """Whether all that the file says of the number of its outputs is that there is one."""
    slots = judged.bound.slots
    ends = [slot for slot in (slots.weights[-1], slots.biases[-1]) if slot is not None]
    names = {re.findall(r"[A-Za-z_]\w*", slot.path)[-1] for slot in ends}
    found = [*outputs_in_calls(case, judged), *outputs_in_starts(case.trees, names)]
    return bool(found) and all(size == 1 for size in found)


def outputs_in_calls(case: Case, judged: Judged) -> Iterator[Any]:
    """How many outputs the file asks for where it makes its network."""
    place = judged.bound.name
    makers = [d for d in case.definitions if d.path == place or roles.means(roles.MAKING, d.name)]
    for maker in makers:
        for given in own_calls(maker, case.definitions, case.trees, case.session):
            for name, value in given.items():
                what = roles.size_role(name)
                if what == "n_out":
                    yield value
                elif what == "sizes" and isinstance(value, list | tuple) and value:
                    yield value[-1]


def outputs_in_starts(trees: Sequence[ast.AST], names: set[str]) -> Iterator[int]:
    """How many outputs the first values of the last layer have, where they are written out."""
    assignments = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Assign)]
    for node in assignments:
        for name, value in single(node.targets[0], node.value):
            if name not in names:
                continue
            if isinstance(value, ast.Constant):
                yield 1
            elif isinstance(value, ast.Call) and ast.unparse(value.func).startswith(MAKES_NUMBERS):
                sizes = [n.value for one in value.args for n in ast.walk(one)
                         if isinstance(n, ast.Constant)]  # fmt: skip
                if 1 in sizes or ast.unparse(value.func).endswith("mean"):
                    yield 1
