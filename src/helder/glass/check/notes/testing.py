"""Notes on tests: a score on rows that trained, under the name of a test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from helder.glass.check.notes.scopes import (
    Scope,
    assigned,
    called,
    calls,
    data_of,
    dotted,
    is_label,
    is_test,
    is_train,
    mentioned,
)
from helder.text import say

TRAINS = re.compile(
    r"fit|train(_?(model|network|nn|mlp|step))?|learn|optimi[sz]e|gradient_?descent|sgd", re.I
)
SAYS_TEST = re.compile(r"(?<![a-z])(test(ing)?|validation|val)(?![a-z])", re.I)
SAYS_TRAIN = re.compile(r"train", re.I)
SAYS_SCORE = re.compile(r"acc|score|error|loss|mse|correct", re.I)
DEEPEST = 3  # assignments that are followed back from what is printed


def test_is_train(scope: Scope) -> Iterator[tuple[int, str]]:
    """Rows of the test that are those of the training, by name, by file, or by what is printed."""
    yield from same_rows(scope)
    yield from same_arguments(scope)
    yield from printed_as_test(scope)


def same_rows(scope: Scope) -> Iterator[tuple[int, str]]:
    """A test that is given the rows of the training, or that is read like them."""
    perhaps = within_conditions(scope)
    train: dict[str, str] = {}  # what rows of training were made of -> their name
    parts: dict[str, set[str]] = {}  # names that one split gave -> all that it gave
    for statement in scope.statements:
        if id(statement) in perhaps:
            continue
        values = assigned(statement)
        for name, value in values:
            made = whole(value)
            again = is_train(made) or made in train or made in parts.get(name, ())
            if is_test(name) and made and again and made != name:
                of = train.get(made, made)
                yield statement.lineno, say("check.test_is_train", test=name, train=of)
            if is_train(name) and made:
                train[made] = name
        if len(values) > 1 and all(value is values[0][1] for _, value in values):
            names = {name for name, _ in values}
            parts |= dict.fromkeys(names, names)


def whole(value: ast.expr) -> str:
    """What an expression takes whole: the name of data, or a reading of a file; else empty."""
    inner = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    for call in inner:
        reads = re.search(r"read|load|open|genfromtxt", called(call))
        if reads and any("." in text for text in texts(call)):
            return ast.unparse(value)
    if inner:
        return data_of(value) if called(inner[0]) == "copy" else ""
    return dotted(value)


def within_conditions(scope: Scope) -> set[int]:
    """The statements that stand within an `if`: what they do may not be done."""
    return {
        id(inner)
        for statement in scope.statements
        if isinstance(statement, ast.If)
        for inner in ast.walk(statement)
        if inner is not statement and isinstance(inner, ast.stmt) and not is_main(statement)
    }


def is_main(statement: ast.If) -> bool:
    """Whether this is `if __name__ == "__main__":`."""
    return "__name__" in mentioned(statement.test)


def same_arguments(scope: Scope) -> Iterator[tuple[int, str]]:
    """Training that is given the same rows again for its test."""
    for statement in scope.statements:
        for call in calls(statement):
            if not TRAINS.fullmatch(called(call)):
                continue
            names = [dotted(one) for one in call.args]
            own = {name for name in names if name}
            for word in call.keywords:
                values = word.value.elts if isinstance(word.value, ast.Tuple) else [word.value]
                given = [dotted(value) for value in values]
                named = word.arg == "validation_data" or is_test(word.arg or "")
                if named and given and set(given) <= own:
                    yield call.lineno, say("check.test_given_train", given=", ".join(given))
            for place in range(len(names) - 3):
                pair = names[place : place + 2]
                if all(pair) and pair == names[place + 2 : place + 4] and pair[0] != pair[1]:
                    yield call.lineno, say("check.test_given_train", given=", ".join(pair))


def printed_as_test(scope: Scope) -> Iterator[tuple[int, str]]:
    """A score that is printed as one of a test, and computed from the labels that trained."""
    labels: set[str] = set()
    values: dict[str, ast.expr] = {}
    for statement in scope.statements:
        trains = False
        for call in calls(statement):
            if TRAINS.fullmatch(called(call)):
                trains = True
                labels |= {dotted(one) for one in call.args if is_label(dotted(one))}
            elif dotted(call.func) == "print" and says_test(call):
                used = followed(call, values)
                if used & labels and not any(is_test(name) for name in used | labels):
                    yield call.lineno, say("check.test_printed", name=min(used & labels))
        for name, value in assigned(statement):
            values.pop(name, None)
            if not trains:
                values[name] = value


def says_test(call: ast.Call) -> bool:
    """Whether what is printed calls itself the score of a test."""
    text = " ".join(texts(call))
    return bool(SAYS_TEST.search(text) and SAYS_SCORE.search(text) and not SAYS_TRAIN.search(text))


def texts(node: ast.AST) -> list[str]:
    """The texts that stand in an expression."""
    values = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return [value for value in values if isinstance(value, str)]


def followed(call: ast.Call, values: dict[str, ast.expr]) -> set[str]:
    """The names that printed numbers come from, as far as assignments tell."""
    names = set().union(*(mentioned(one) for one in call.args))
    for _ in range(DEEPEST):
        names |= set().union(*(mentioned(values[name]) for name in names & set(values)))
    return names
