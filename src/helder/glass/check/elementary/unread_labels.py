"""Losses that are handed labels and never look at them, whatever else they take."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from helder.glass.check import name_words
from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.elementary.finding import CALLABLE
from helder.glass.check.elementary.loss_calls import role
from helder.glass.check.elementary.loss_formulas import CROSS_ENTROPY, IGNORES
from helder.glass.check.findings import FunctionCheck
from helder.glass.check.reading.definitions import Definition
from helder.text import say


def unread_labels(code: FileCode, told: Sequence[FunctionCheck]) -> Iterator[FunctionCheck]:
    """A finding for each function of which none says so yet."""
    known = {check.name for check in told if check.causes}
    for definition in code.definitions:
        if definition.kind not in CALLABLE or definition.path in known:
            continue
        labels = [p.name for p in definition.parameters if role(p.name) == "y" and not p.default]
        if len(labels) == 1 and not reads_labels(definition) and is_logarithmic(definition):
            name = definition.path.rpartition(":")[2]
            said = say("check_functions.labels_unread", name=name, labels=labels[0])
            place = (definition.file, definition.line)
            yield FunctionCheck(definition.path, CROSS_ENTROPY, *place, "wrong", (IGNORES,), said)


def reads_labels(definition: Definition) -> bool:
    """Whether labels are looked at anywhere in it, its own or those that an object keeps."""
    nodes = [n for n in ast.walk(definition.node) if isinstance(n, ast.Name | ast.Attribute)]
    made = {last_name(node) for node in nodes if isinstance(node.ctx, ast.Store)}
    made -= {parameter.name for parameter in definition.parameters}
    read = {last_name(node) for node in nodes if isinstance(node.ctx, ast.Load)} - made - {"T"}
    return any(role(name) == "y" for name in read)


def is_logarithmic(definition: Definition) -> bool:
    """Whether it takes the logarithm of the largest of some numbers, or is a loss and takes any."""
    logarithms = [
        node
        for node in ast.walk(definition.node)
        if isinstance(node, ast.Call) and last_name(node.func) in ("log", "log2") and node.args
    ]
    meaning = name_words.meaning(definition.name)
    kinds = (*name_words.LOSSES, "loss")
    named = meaning is not None and not meaning.slope and meaning.kind in kinds
    return bool(logarithms) if named else any(is_largest(node.args[0]) for node in logarithms)


def is_largest(node: ast.expr) -> bool:
    """`p.max(axis=1)`, with a guard against 0 or without."""
    if isinstance(node, ast.BinOp):
        return is_largest(node.left) or is_largest(node.right)
    return isinstance(node, ast.Call) and last_name(node.func) in ("max", "amax")
