"""A fixture that writes a table to a file, reads it, and asks the doctor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest

from helder.glass.doctor.data import findings_in
from helder.model.finding import Finding
from helder.table import describe_columns, read_table, read_target

Findings = dict[str, list[Finding]]


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., Findings]:
    """The findings in a table of columns, or in text, by rule."""

    def ask(
        content: Mapping[str, Sequence[object]] | str,
        target: str | None = None,
        test: Mapping[str, Sequence[object]] | None = None,
        sep: str | None = None,
        **roles: str,
    ) -> Findings:
        path = tmp_path / "data.csv"
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            pl.DataFrame(content).write_csv(path)
        table, other = read_table(path, separator=sep), None
        if test is not None:
            pl.DataFrame(test).write_csv(tmp_path / "test.csv")
            other = read_table(tmp_path / "test.csv")
        aim = None if target is None else read_target(table, target).plan
        named = roles | ({} if target is None else {target: "target"})
        columns = describe_columns(table, roles=named)
        by_rule: Findings = {}
        for finding in findings_in(table, columns, aim, test=other):
            by_rule.setdefault(finding.rule, []).append(finding)
        return by_rule

    return ask
