"""`helder train` at work: trains, saves, judges, mends where that is asked for, and says it all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from helder import store
from helder.cli import INTERRUPTED, screen
from helder.cli.attempts import Attempt, attempt, named
from helder.cli.described import notes_lines
from helder.cli.found import summary_lines
from helder.cli.judged import NONE, Judging, case_of, room_for
from helder.cli.progress import busy, progress
from helder.cli.retries import Retry, described_retry, fix_words, mending, retry_lines
from helder.cli.trained import answer, outcome, understood
from helder.cli.verdicts import verdict_lines
from helder.glass.doctor.data import findings_in
from helder.glass.judging import Case
from helder.model import Choices, Fitted, Prepared, Question, most_epochs
from helder.model.deadline import Deadline
from helder.model.finding import Finding
from helder.model.kept import KeptRows
from helder.table import Note, Table
from helder.text import Count, say


@dataclass(frozen=True, eq=False)
class Session:
    """What one command trains, and how it speaks.

    Args:
        table, tests: The rows, and those of another file that give the score.
        asked, prepared: What is asked of them, and the rows made ready.
        path: Where the model goes.
        level: How much verdict there is: "quick", "full" or "none".
        deadline: When all shall be done.
        quiet: Whether to say nothing.
        as_json: Whether to say one object and nothing else.
    """

    table: Table
    tests: Table | None
    asked: Question
    prepared: Prepared
    path: Path
    level: str
    deadline: Deadline
    quiet: bool
    as_json: bool

    def run(self, chosen: Choices, *, fix: bool, keep_rows: int | None) -> int:
        """Trains, judges and writes the model; the exit status."""
        data, replaced = self.data_findings(), self.path.exists()
        self.say(understood(self.table, self.prepared, data))
        done = Done(self.trained(chosen, data, half=fix), data, Judging(self.level, self.deadline))
        if done.kept.fitted is not None or not fix:
            self.keep(done)
        if done.judges:
            with busy(quiet=self.quiet):
                done.judging.hear_signal(self.case(done.kept))
        if fix and not done.interrupted:
            self.mend(done)
        if done.judges:
            with busy(quiet=self.quiet):
                done.judging.hear_advice(self.case(done.kept), done.kept.seconds)
        if keep_rows is not None:
            done.rows = KeptRows.of(self.table, keep_rows, chosen.seed)
        store.save(done.fitted, self.path)
        self.end(done, replaced)
        return INTERRUPTED if done.interrupted else 0

    def data_findings(self) -> tuple[Finding, ...] | None:
        """What stands out in the data; None where nobody shall look."""
        if self.level == NONE:
            return None
        prepared = self.prepared
        return findings_in(
            self.table, prepared.columns, prepared.target, notes=prepared.notes, test=self.tests
        )

    def trained(
        self, chosen: Choices, data: Sequence[Finding] | None, *, half: bool = False
    ) -> Attempt:
        """One training; with half of the time that is left, where another may follow."""
        deadline = self.deadline.sooner(room_for(self.level, self.deadline))
        if half:
            deadline = deadline.sooner(deadline.left / 2)
        epochs = most_epochs(self.prepared, chosen)
        with progress(epochs, quiet=self.quiet, silent=self.silent) as beside:
            return attempt(self.prepared, chosen, deadline, beside, data)

    def keep(self, done: Done) -> None:
        """Writes the network as it is, before anything else is tried, and says what it is."""
        store.save(done.fitted, self.path)
        self.say(outcome(done.fitted, done.kept.seconds))

    def mend(self, done: Done) -> None:
        """Trains again with the first thing to try, and keeps the better network."""
        first = done.kept
        found = mending(first.choices, first.findings(done.signal))
        if found is None:
            self.say(["", say("cli.fix_nothing")])
            return
        finding, choices = found
        apart = [] if first.fitted is None else [""]
        self.say([*apart, say("cli.fix_tried", **fix_words(finding))])
        done.retry = Retry(finding, first, self.trained(choices, done.data))
        done.kept = done.retry.kept
        self.say(retry_lines(done.retry))
        if done.kept is not first:
            self.keep(done)

    def case(self, kept: Attempt) -> Case:
        """What the verdict is about."""
        return case_of(self.table, self.asked, self.prepared, kept.choices, kept.fitted)

    def end(self, done: Done, replaced: bool) -> None:
        """Says what came of it after the score: verdict, findings, and where the model is."""
        path, fitted, lines = screen.harmless(self.path, 200), done.fitted, []
        notes = done.notes(screen.harmless(self.table.path, 200))
        if fitted.verdict is not None:
            lines += ["", *verdict_lines(fitted.verdict)]
        if fitted.findings:
            lines += [
                "",
                *summary_lines(fitted.findings),
                "",
                say("cli.doctor_says_more", path=path),
            ]
        lines += [*notes_lines(notes), ""]
        self.say(
            [*lines, say("cli.model_replaced" if replaced else "cli.model_written", path=path)]
        )
        if self.as_json:
            answered = answer(self.prepared, fitted, done.kept.seconds, self.path, notes)
            screen.print_json(answered | {"fix": described_retry(done.retry)})

    @property
    def silent(self) -> bool:
        """Whether no lines are to be said."""
        return self.quiet or self.as_json

    def say(self, lines: Iterable[str]) -> None:
        """Says lines, where anybody wants to hear them."""
        screen.print_lines(lines, quiet=self.silent)


@dataclass
class Done:
    """What has been done so far.

    Attributes:
        kept: The training whose network is kept.
        data: What was found in the data; None where nobody looked.
        judging: The verdict, as far as it is.
        retry: What was tried again.
        rows: The rows to keep.
    """

    kept: Attempt
    data: tuple[Finding, ...] | None
    judging: Judging
    retry: Retry | None = None
    rows: KeptRows | None = None

    @property
    def signal(self) -> str | None:
        """Whether there is anything to learn; None where nobody knows."""
        verdict = self.judging.verdict
        return None if verdict is None else verdict.signal

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended training or judging."""
        fitted = self.kept.fitted
        cut = fitted is not None and (
            fitted.history.stopped == "interrupted" or fitted.scores.linear is None
        )
        return cut or self.judging.interrupted

    @property
    def judges(self) -> bool:
        """Whether the verdict goes on."""
        return self.data is not None and not self.interrupted

    @property
    def fitted(self) -> Fitted:
        """The network with all that was found out.

        Raises:
            NothingKeptError: There is no network.
        """
        if self.kept.fitted is None:
            raise named(self.kept)
        findings = None
        if self.data is not None:
            findings = (*self.data, *self.kept.findings(self.signal))
        verdict = self.judging.verdict
        return replace(self.kept.fitted, findings=findings, verdict=verdict, kept=self.rows)

    def notes(self, table: str) -> list[Note]:
        """What a person should know beside the training, given how the table is called."""
        notes = self.judging.notes
        if self.rows is not None:
            count = Count(len(self.rows.numbers))
            notes.append(Note("kept_rows", say("cli.kept_rows", count=count, name=table)))
        return notes
