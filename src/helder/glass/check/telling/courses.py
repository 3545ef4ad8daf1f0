"""What a check found as tests that a teacher grades with: unittest, pytest, Otter, nbgrader."""

from __future__ import annotations

import math
import re
import unittest
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from helder.errors import ArgumentError, pick
from helder.glass.check import name_words
from helder.glass.check.causes import CANNOT_TELL, CONVENTION, FRAGILE, WRONG, heaviest
from helder.glass.check.reading.files import ENDINGS
from helder.glass.check.telling.lesson import IDEA, joined, known_hint, network_part, parts
from helder.text import say

if TYPE_CHECKING:
    from helder.glass.check.findings import FileCheck, FunctionCheck, NetworkCheck

__unittest = True  # so that unittest and its like leave our frames out of what they print

# What a teacher may ask for, and the verdicts that then fail.
DEMANDS = {
    "right": (WRONG,),
    "robust": (WRONG, FRAGILE),
    "textbook": (WRONG, FRAGILE, CONVENTION),
}
NETWORK, FILE = "network", "file"  # the kinds that are no function's
METHOD = "method"  # of what was judged for its missing `self`: no network works with it
MISSING, UNREAD = "missing", "unread"  # verdicts of what there is nothing of to judge
KINDS = {
    *(name_words.KINDS | name_words.WHOLE),
    *(f"{kind} derivative" for kind in name_words.KINDS | name_words.WHOLE),
    *name_words.LOSSES,
    "loss",
    NETWORK,
}


@dataclass(frozen=True)
class Rubric:
    """What a teacher asks of a file.

    Attributes:
        expected: The kinds of functions that must be there, such as `"softmax"` or `"relu
            derivative"`, and `"network"`: these are tested and no others. By default what is found.
        demand: `"right"`: what is wrong fails; `"robust"`: what is fragile too; `"textbook"`: also
            what follows another convention.
        points: What each test is worth, or by kind, the others 1.
        hidden: The kinds that students do not see tested before they are graded.
        hint: How much a message tells, as of `helder check --hint`.

    Raises:
        ArgumentError: One of these is not known, or is not among what is expected.
    """

    expected: Collection[str] | None = None
    demand: str = "right"
    points: float | Mapping[str, float] = 1
    hidden: Collection[str] = ()
    hint: int = IDEA

    def __post_init__(self) -> None:
        pick(self.demand, DEMANDS, "demand")
        known_hint(self.hint)
        expected = self.expected or ()
        by_kind = self.points if isinstance(self.points, Mapping) else {}
        for kind in (*expected, *by_kind, *self.hidden):
            pick(kind, dict.fromkeys(sorted(KINDS)), "kind of function")
            if expected and kind not in expected:
                raise ArgumentError("this is not among what is expected", got=kind)
        for number in by_kind.values() if by_kind else [self.points]:
            if not isinstance(number, int | float) or not 0 <= number < math.inf:
                raise ArgumentError("these are no points", got=number, accepted="0 or more")

    def worth(self, kind: str) -> float:
        """The points of a kind's test."""
        return self.points.get(kind, 1) if isinstance(self.points, Mapping) else self.points


@dataclass(frozen=True)
class Result:
    """How one test ends.

    Attributes:
        name: The functions that were judged, by their names; `network` for the whole.
        kind: What is tested: `softmax`, `network`; `file` where there is nothing else to name.
        passed: None where it could not be judged, which is neither.
        verdict: The verdict that decides; `missing` where nothing of the kind was found, `unread`
            where the file could not be read.
        causes: The names of `causes.CAUSES` under that verdict.
        points: What the test is worth.
        message: The lesson.
    """

    name: str
    kind: str
    passed: bool | None
    verdict: str
    causes: tuple[str, ...]
    points: float
    message: str


def results(found: FileCheck, rubric: Rubric) -> list[Result]:
    """How each test ends, in the order in which they are expected or were found."""
    groups = grouped(found)
    kinds = list(dict.fromkeys(rubric.expected or groups or [FILE]))
    if found.problem is not None:
        return [failed(kind, UNREAD, found.problem, rubric) for kind in kinds]
    return [
        judged(found, kind, groups[kind], rubric)
        if kind in groups
        else failed(kind, MISSING, missing(found, kind), rubric)
        for kind in kinds
    ]


def grouped(found: FileCheck) -> dict[str, list[FunctionCheck | NetworkCheck]]:
    """What was found, by its kind; the network last."""
    groups: dict[str, list[FunctionCheck | NetworkCheck]] = {}
    for one in found.functions:
        groups.setdefault(NETWORK if one.kind == METHOD else one.kind, []).append(one)
    whole = groups.pop(NETWORK, []) + ([] if found.network is None else [found.network])
    return groups | ({NETWORK: whole} if whole else {})


def judged(
    found: FileCheck, kind: str, ones: list[FunctionCheck | NetworkCheck], rubric: Rubric
) -> Result:
    """The result of all that is of one kind: what fails decides, then what is not judged."""
    failing = DEMANDS[rubric.demand]
    verdicts = [one.verdict for one in ones]
    verdict = heaviest(
        [each for each in verdicts if each in failing]
        or [each for each in verdicts if each == CANNOT_TELL]
        or verdicts
    )
    deciding = [one for one in ones if one.verdict == verdict]
    functions = tuple(one for one in found.functions if one in ones)
    told = parts(replace(found, functions=functions, network=None, notes=(), said=()), rubric.hint)
    if kind == NETWORK and found.network is not None:
        told.append(network_part(found, found.network, rubric.hint))
    return Result(
        name=NETWORK if kind == NETWORK else ", ".join(one.name for one in functions),
        kind=kind,
        passed=None if verdict == CANNOT_TELL else verdict not in failing,
        verdict=verdict,
        causes=tuple(dict.fromkeys(cause for one in deciding for cause in one.causes)),
        points=rubric.worth(kind),
        message=joined(told),
    )


def failed(kind: str, verdict: str, message: str, rubric: Rubric) -> Result:
    return Result(kind, kind, False, verdict, (), rubric.worth(kind), message)


def missing(found: FileCheck, kind: str) -> str:
    """The sentence for what was expected and is not there."""
    if kind in (NETWORK, FILE):
        return say(f"courses.missing_{kind}", file=found.file)
    return say("courses.missing", file=found.file, kind=kind)


# Tests that run here


def as_unittest(found: FileCheck, rubric: Rubric) -> type[unittest.TestCase]:
    """A test case with one test for each result."""

    def method(one: Result) -> Callable[[unittest.TestCase], None]:
        def test(case: unittest.TestCase) -> None:
            __tracebackhide__ = True
            verify(one)

        return test

    methods = {test_name(one.kind): method(one) for one in results(found, rubric)}
    return type(f"Check_{identifier(PurePath(found.file).stem)}", (unittest.TestCase,), methods)


def as_pytest(found: FileCheck, rubric: Rubric) -> dict[str, Callable[[], None]]:
    """A test function for each result, by its name."""

    def function(one: Result) -> Callable[[], None]:
        def test() -> None:
            __tracebackhide__ = True
            verify(one)

        return test

    return {test_name(one.kind): function(one) for one in results(found, rubric)}


def verify(one: Result) -> None:
    """Fails, or skips, with the lesson."""
    __tracebackhide__ = True  # pytest shows the lesson and none of our lines
    if one.passed is None:
        reason = one.message.split("\n\n")[0]  # without the adapter, to fit a line
        raise unittest.SkipTest(" ".join(reason.split()))
    if not one.passed:
        raise AssertionError(one.message)


def as_gradescope(found: FileCheck, rubric: Rubric) -> dict[str, Any]:
    """What Gradescope reads as `results.json`; what could not be judged counts for nothing."""
    ended = results(found, rubric)
    return {
        "score": sum(one.points for one in ended if one.passed),
        "tests": [gradescope_test(one, rubric) for one in ended],
    }


def gradescope_test(one: Result, rubric: Rubric) -> dict[str, Any]:
    seen = "after_published" if one.kind in rubric.hidden else "visible"
    test = {"name": one.kind, "output": one.message, "visibility": seen}
    if one.passed is None:
        return test
    return test | {
        "score": one.points if one.passed else 0,
        "max_score": one.points,
        "status": "passed" if one.passed else "failed",
    }


# Tests as text, which check what each student hands in

OTTER = '''\
"""{about}"""

import functools

import helder
from otter.test_files import test_case

OK_FORMAT = False

name = {name!r}
points = {points!r}


@functools.cache
def results():
    found = helder.check({file!r}).results(
        expected={expected!r},
        demand={demand!r},
        hint={hint!r},
    )
    return {{one["kind"]: one for one in found}}
'''
OTTER_TEST = """

@test_case(
    name={kind!r},
    points={points!r},
    hidden={hidden!r},
    success_message={success!r},
    failure_message={failure!r},
)
def {test}():
    result = results()[{kind!r}]
    assert result["passed"], result["message"]
"""
NBGRADER = """\
# %% {about}
import helder

found = helder.check({file!r}).results(
    expected={expected!r},
    demand={demand!r},
    hint={hint!r},
)
results = {{one["kind"]: one for one in found}}
"""
NBGRADER_TEST = """
# %% {kind}, points: {points!r}
{begin}result = results[{kind!r}]
assert result["passed"], result["message"]
{end}"""
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS\n", "### END HIDDEN TESTS\n"


def as_otter(found: FileCheck, rubric: Rubric, file: str | None, name: str | None) -> str:
    """A test file in Otter's exception-based format."""
    kinds, file = asked_kinds(found, rubric), handed_in(found, file)
    head = OTTER.format(
        about=say("courses.about", file=file),
        name=PurePath(file).stem if name is None else name,
        points=sum(rubric.worth(kind) for kind in kinds),
        **asked(file, kinds, rubric),
    )
    tests = (
        OTTER_TEST.format(
            kind=kind,
            points=rubric.worth(kind),
            hidden=kind in rubric.hidden,
            success=say("courses.success", kind=kind),
            failure=say("courses.failure", kind=kind),
            test=test_name(kind),
        )
        for kind in kinds
    )
    return head + "".join(tests)


def as_nbgrader(found: FileCheck, rubric: Rubric, file: str | None) -> str:
    """The cells of nbgrader's tests, each under a line `# %%`."""
    kinds, file = asked_kinds(found, rubric), handed_in(found, file)
    head = NBGRADER.format(about=say("courses.about", file=file), **asked(file, kinds, rubric))
    cells = (
        NBGRADER_TEST.format(
            kind=kind,
            points=rubric.worth(kind),
            begin=BEGIN_HIDDEN if kind in rubric.hidden else "",
            end=END_HIDDEN if kind in rubric.hidden else "",
        )
        for kind in kinds
    )
    return head + "".join(cells)


def asked_kinds(found: FileCheck, rubric: Rubric) -> list[str]:
    """What is tested: what is expected, or else all that could be judged."""
    judged_here = [
        one.kind
        for one in results(found, rubric)
        if one.verdict not in (CANNOT_TELL, MISSING, UNREAD)
    ]
    kinds = list(dict.fromkeys(rubric.expected or judged_here))
    if not kinds:
        raise ArgumentError(
            "nothing in this file could be judged, so that there is nothing to test",
            got=found.file,
            hint="give a file that is right, or name what you expect",
        )
    return kinds


def handed_in(found: FileCheck, file: str | None) -> str:
    """The name of the file that is handed in."""
    name = PurePath(found.file).name if file is None else file
    if PurePath(name).suffix.lower() not in ENDINGS:
        raise ArgumentError(
            "students hand in a script or a notebook",
            got=name,
            accepted=f'file="hw{ENDINGS[0]}" or file="hw{ENDINGS[1]}"',
        )
    return name


def asked(file: str, kinds: list[str], rubric: Rubric) -> dict[str, Any]:
    """What is asked of the check of what a student hands in."""
    return {
        "file": file,
        "expected": tuple(kinds),
        "demand": rubric.demand,
        "hint": rubric.hint,
    }


def test_name(kind: str) -> str:
    return f"test_{identifier(kind)}"


def identifier(text: str) -> str:
    """A text as part of a name in Python."""
    return re.sub(r"\W+", "_", text)


def described(found: FileCheck, rubric: Rubric) -> list[dict[str, Any]]:
    """Each result as an object of plain values; the keys stand in docs/json.md."""
    return [asdict(one) | {"causes": list(one.causes)} for one in results(found, rubric)]
