"""Whether `helder check` finds the one mistake in a network, and leaves correct ones alone.

Checks the networks of `check/known` and `check/fresh` and single-bug variants of each, and writes
how many were found under the right name.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

from tables import processor, table

sys.path.append(str(Path(__file__).parent / "check"))

from judging import FOUND, OUTCOMES, Checker, Examined, examine, outcome
from subjects import GROUPS, Subject, chosen, subjects

from helder.glass.check.causes import CAUSES
from helder.glass.check.checking import SECONDS, check
from helder.glass.check.findings import FileCheck

PROCESSES = 2
DOCUMENT = Path(__file__).parents[1] / "docs" / "check-corpus.md"
Judged = tuple[Examined, str]  # a variant and its outcome


def checker(path: Path, seconds: float) -> FileCheck:
    """What is measured: `helder.check`."""
    return check(path, seconds=seconds)


def examined(jobs: list[Subject], using: Checker, processes: int) -> Iterator[Examined]:
    """Every network checked, in the order of the jobs."""
    with ProcessPoolExecutor(processes) as pool:
        for number, one in enumerate(pool.map(partial(examine, checker=using), jobs), 1):
            if number % 25 == 0:
                print(f"{number} of {len(jobs)}", file=sys.stderr, flush=True)
            yield one


def judged(correct: list[Examined], variants: list[Examined]) -> list[Judged]:
    """Each variant with its outcome, beside the correct network that it was made from."""
    by_name = {(one.subject.group, one.subject.name): one for one in correct}
    return [(v, outcome(v, by_name[v.subject.group, v.subject.name])) for v in variants]


def of_files(correct: list[Examined]) -> list[str]:
    """A line for each group: false alarms, how much was judged, how long it took."""
    lines: list[list[object]] = []
    for group in GROUPS:
        ones = [one for one in correct if one.subject.group == group]
        if not ones:
            continue
        seconds = [one.seconds for one in ones]
        shares = (
            sum(one.has_wrong for one in ones),
            sum(one.function_judged for one in ones),
            sum(one.network_judged for one in ones),
        )
        timing = f"{median(seconds):.2f}, {max(seconds):.2f}"
        lines.append([group, len(ones), *shares, timing])
    head = ["corpus", "files", "called wrong", "functions judged", "network judged"]
    return table([*head, "seconds: median, worst"], lines)


def of_causes(judgements: list[Judged]) -> list[str]:
    """A line for each cause, and their sum."""
    counts: dict[str, Counter] = {cause: Counter() for cause in CAUSES}
    for variant, how in judgements:
        counts[str(variant.subject.cause)][how] += 1
    rows = [(cause, CAUSES[cause], counted) for cause, counted in counts.items() if counted]
    whole = sum((counted for _, _, counted in rows), Counter())
    lines = [
        [name, verdict, counted.total(), *(counted[how] for how in OUTCOMES), share(counted)]
        for name, verdict, counted in (*rows, ("all", "", whole))
    ]
    return table(["cause", "deserves", "variants", *OUTCOMES, "share found"], lines)


def share(counted: Counter) -> str:
    """How many of them were found."""
    return f"{counted[FOUND] / counted.total():.1%}" if counted else ""


def misses(judgements: list[Judged]) -> Iterator[str]:
    """A line for each variant that was not found, with what was said instead."""
    for variant, how in judgements:
        if how != FOUND:
            told = [
                f"{one.what}: {one.verdict}" + (f" ({', '.join(one.causes)})" if one.causes else "")
                for one in variant.findings
                if one.causes or one.what == "network"
            ]
            of = variant.subject
            where = f"{of.group}/{of.file}:{of.line}"
            said = variant.problem or "; ".join(told) or "nothing"
            took = f"{variant.seconds:.1f} s"
            yield f"{where} {of.cause} ({of.operator}): {how} in {took}; said {said}"


def keep(judgements: list[Judged], folder: Path) -> None:
    """Writes the variants that were not found into a folder, each in one of its own."""
    for number, (variant, how) in enumerate(judgements):
        if how != FOUND:
            of = variant.subject
            of.write(folder / f"{of.group}-{of.name}-{of.line}-{of.cause}-{number}")


def report(correct: list[Examined], judgements: list[Judged], given: argparse.Namespace) -> str:
    """The document."""
    options = [f"--limit {given.limit}"] if given.limit else []
    options += [f"--sample {given.sample}"] if given.sample else []
    options += [f"--seed {given.seed}"] if given.seed else []
    lines = [
        "# How much `helder check` finds",
        "",
        "Networks that people write from scratch, correct ones, and of each every variant with one",
        "mistake that a program could make of its source. The known ones were written from",
        "statistics of public code by people who work on the check, the fresh ones by somebody who",
        "had not seen it; since then it has learned from both. Written by",
        "",
        "```sh",
        " ".join(["python benchmarks/check.py --write", *options]),
        "```",
        "",
        f"on {processor()}, files at a time: {given.processes}.",
        "",
        "## Correct networks",
        "",
        "Functions are judged where something could be said of one elementary function at least,",
        "networks where their verdict is not `cannot tell`, without an adapter.",
        "",
        *of_files(correct),
        "A variant is found if the name of its mistake stands among the causes of a function, of",
        "the network or of a note under the verdict that it deserves, and does not stand there in",
        "the correct file. What deserves to be called fragile may be said as a note. Misnamed are",
        "those where only other causes came instead, missed those where nothing did.",
        "",
    ]
    for group in GROUPS:
        ones = [j for j in judgements if j[0].subject.group == group]
        if ones:
            lines += [f"## One mistake, {group}", "", *of_causes(ones)]
        options_only = [j for j in ones if "(option)" in j[0].subject.operator]
        if options_only:
            found = sum(how == FOUND for _, how in options_only)
            text = f"In options that are not the default: {found} of {len(options_only)} found."
            lines += [text, ""]
    return "\n".join(lines)


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=GROUPS, help="one of the two corpora")
    parser.add_argument("--cause", action="append", default=[], choices=list(CAUSES))
    parser.add_argument("--file", default="", help="only networks with this in their name")
    parser.add_argument("--limit", type=int, help="variants of a cause in a file at most")
    parser.add_argument("--sample", type=int, help="variants in all, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="which variants, where there are more")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for the code of a file")
    parser.add_argument("--misses", action="store_true", help="list what was not found")
    parser.add_argument("--keep", type=Path, help="a folder for the variants that were not found")
    parser.add_argument("--write", action="store_true", help=f"write docs/{DOCUMENT.name}")
    return parser


def main() -> None:
    given = options().parse_args()
    found = subjects((given.only,) if given.only else GROUPS)
    found = [one for one in found if given.file in one.name]
    variants = [v for one in found for v in chosen(one, given.cause, given.limit, given.seed)]
    if given.sample and given.sample < len(variants):
        variants = random.Random(given.seed).sample(variants, given.sample)
    using = partial(checker, seconds=given.seconds)
    every = list(examined([*found, *variants], using, given.processes))
    correct, rest = every[: len(found)], every[len(found) :]
    judgements = judged(correct, rest)
    text = report(correct, judgements, given)
    print(text)
    for one in correct if given.misses else []:
        for finding in one.findings:
            if finding.verdict == "wrong":
                print(f"{one.subject.group}/{one.subject.name} is correct; said {finding}")
    for line in misses(judgements) if given.misses else []:
        print(line)
    if given.keep:
        keep(judgements, given.keep)
    if given.write:
        DOCUMENT.write_text(text)


if __name__ == "__main__":
    main()
