"""Does one-hot put its ones at the labels, and is it as wide as there are classes?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from helder.glass.check.causes import CONVENTION, OK
from helder.glass.check.elementary.calling import Called
from helder.glass.check.elementary.file_code import FileCode, last_name
from helder.glass.check.elementary.judgement import Judgement, called_name, shown
from helder.glass.check.elementary.loss_calls import CLASSES, OPEN, SAMPLES, role
from helder.glass.check.session import Outcome, Value
from helder.text import say
from helder.typing import Floats, Integers

KIND = "one-hot"
NAME = re.compile(
    r"one_?hot|onehot|to_?categorical|hot_?enc|vectori[sz]ed_(result|y)|binari[sz]e_lab"
)
FROM_ZERO = ("factorize", "LabelEncoder", "load_iris", "load_wine", "load_digits")  # give labels
FEW = np.array([0, 1, 0, 1])  # labels of two classes out of three
ALL = np.array([0, 2, 1, 2, 0])
FROM_ONE = np.array([1, 3, 2, 3, 1])


class Answer(NamedTuple):
    """What one-hot made of labels: for each the place of its one, how wide, and the layout."""

    places: Integers
    width: int
    layout: str


def judge(called: Called, code: FileCode) -> Judgement | None:
    """What a function that encodes labels is found to be; None where it is something else."""
    few, many = _asked(called, FEW), _asked(called, ALL)
    if many and np.array_equal(many.places, ALL):
        return _of_right_places(called, few, many)
    if few and np.array_equal(few.places, FEW) and many is None:  # as wide as different labels
        return _of_right_places(called, few, few)
    wrong = many or few
    labels = ALL if many else FEW
    if wrong is None:
        return None
    return _shifted(called, code, wrong, labels)


def _of_right_places(called: Called, few: Answer | None, many: Answer) -> Judgement:
    depends = few is not None and few.width == 2 and (many.width == 3 or few is many)
    if few is None or not depends:
        return Judgement(KIND, convention=many.layout, verdict=OK)
    said = say("check_functions.width", call=f"{called_name(called.guess)}({shown(FEW)})", width=2)
    return Judgement(KIND, ("one-hot-width",), said, many.layout)


def _shifted(called: Called, code: FileCode, wrong: Answer, labels: Integers) -> Judgement | None:
    """Each one stands beside its label: a mistake, unless the labels count from 1."""
    step = wrong.places - labels
    step = np.where(step > 1, step - wrong.width, step)  # -1 is the last column
    if not (np.all(step == -1) or np.all(step == 1)):
        return None
    said = say(
        "check_functions.shifted",
        call=f"{called_name(called.guess)}({shown(labels)})",
        label=int(labels[1]),
        place=int(wrong.places[1]),
    )
    from_one = _asked(called, FROM_ONE)
    right_from_one = from_one is not None and np.array_equal(from_one.places, FROM_ONE - 1)
    if right_from_one and not _counts_from_zero(code):
        convention = f"{wrong.layout}, {say('check_functions.labels_from_one')}"
        return Judgement(KIND, (), said, convention, CONVENTION)
    return Judgement(KIND, ("labels-shifted",), said, wrong.layout)


def _counts_from_zero(code: FileCode) -> bool:
    """The file uses its labels as places elsewhere, or compares them with what argmax gives."""
    plus_one = any(
        isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add) and "argmax" in ast.unparse(n.left)
        for n in code.nodes()
    )
    return not plus_one and any(_is_from_zero(node) for node in code.nodes())


def _is_from_zero(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
        sides = (node.left, node.comparators[0])
        predicted = [n for n in sides if re.search(r"(?i)argmax|pred", ast.unparse(n))]
        labels = [n for n in sides if "argmax" not in ast.unparse(n) and role(last_name(n)) == "y"]
        return len(predicted) == 1 and len(labels) == 1
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        rows, labels_at = node.slice.elts[0], node.slice.elts[-1]
        read = isinstance(node.ctx, ast.Load) and isinstance(rows, ast.Call)
        # `read` has seen to it that it is a call
        counted = read and last_name(rows.func) in ("range", "arange")  # type: ignore[attr-defined]
        return counted and isinstance(labels_at, ast.Name) and role(labels_at.id) == "y"
    if isinstance(node, ast.Call) and last_name(node.func) in FROM_ZERO:
        return True
    if isinstance(node, ast.keyword) and node.arg == "return_inverse":
        return True
    if isinstance(node, ast.Call) and node.args:
        # As wide as the largest label and one more: labels that begin at 0.
        return bool(re.search(r"max\(.*\) \+ 1$", ast.unparse(node.args[0]).rstrip(")")))
    return False


# Asking it.


def _asked(called: Called, labels: Integers) -> Answer | None:
    for form in _forms(labels):
        answer = _answer(_call(called, form), len(labels))
        if answer:
            return answer
    return _one_by_one(called, labels)


def _forms(labels: Integers) -> Iterator[Value]:
    yield labels
    yield labels[:, None]
    yield labels[None, :]
    yield labels.tolist()


def _one_by_one(called: Called, labels: Integers) -> Answer | None:
    """A function of a single label, such as `vectorized_result(j)`."""
    rows = []
    for label in labels.tolist():
        try:
            row = np.asarray(_call(called, label).value, dtype=float).reshape(-1)
        except (TypeError, ValueError):
            return None
        if row.size < 2 or np.count_nonzero(row) != 1 or row.max() != 1:
            return None
        rows.append(row)
    if len({row.size for row in rows}) != 1:
        return None
    places = np.argmax(np.array(rows), axis=1)
    return Answer(places, rows[0].size, say("check_functions.one_label"))


def _call(called: Called, labels: Value) -> Outcome:
    arguments: list[Value] = []
    given = False
    for parameter in called.definition.parameters:
        if parameter.default is not None or parameter.kind != "positional":
            break
        if CLASSES.match(parameter.name) or (given and role(parameter.name) == OPEN):
            arguments.append(3)
        elif SAMPLES.match(parameter.name):
            arguments.append(np.size(labels))
        else:
            arguments.append(labels)
            given = True
    return called.completed(arguments, lambda name: 3)


def _answer(outcome: Outcome, count: int) -> Answer | None:
    """A matrix with a single one for each label; None for anything else."""
    value = outcome.value[0] if isinstance(outcome.value, tuple) else outcome.value
    try:
        matrix: Floats = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    if matrix.ndim == 3 and 1 in matrix.shape:
        matrix = matrix.reshape([n for n in matrix.shape if n > 1] or [1])
    if matrix.ndim != 2 or not np.isin(matrix, (0, 1)).all():
        return None
    for layout, rows in (("rows", matrix), ("columns", matrix.T)):
        if rows.shape[0] == count and (rows.sum(axis=1) == 1).all():
            return Answer(np.argmax(rows, axis=1), rows.shape[1], layout)
    return None
