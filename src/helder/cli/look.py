"""`helder look`: what was understood of a file, what is left out, and what is suspicious."""

from __future__ import annotations

from typing import Any

import click
import numpy as np

from helder.cli import screen
from helder.cli.described import (
    described_columns,
    described_left_out,
    described_notes,
    file_line,
    notes_lines,
)
from helder.cli.found import described_findings, evidence_lines
from helder.cli.options import answering, listed, read, reading
from helder.glass.doctor.data import findings_in, untold
from helder.table import Column, LeftOut, Table, Target, describe_columns, read_target
from helder.text import aligned, say


@click.command(short_help="What is understood of a file.")
@click.argument("file", metavar="FILE")
@click.option("--target", metavar="COLUMN", help="The column to predict.")
@listed("--category", help="Columns to read as categories.")
@reading
@answering
def look(
    file: str,
    target: str | None,
    category: tuple[str, ...],
    sep: str | None,
    decimal: str | None,
    thousands: str | None,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> None:
    """What is understood of FILE: its columns, their kinds, what is missing, what is left out."""
    table = read(file, sep, decimal, thousands)
    aim = None if target is None else read_target(table, target)
    roles = {} if target is None else {target: "target"}
    columns = describe_columns(table, categories=category, roles=roles)
    notes = table.notes + tuple(said for column in columns for said in column.notes)
    notes += aim.notes if aim else ()
    plan = None if aim is None else aim.plan
    findings = findings_in(table, columns, plan, notes=notes)
    left_out = left_out_of(columns) + (aim.left_out if aim else ())
    if as_json:
        screen.print_json(
            {
                "file": file,
                "rows": table.rows,
                "dialect": dialect(table),
                "columns": described_columns(columns),
                "left_out": described_left_out(left_out),
                "target": described_target(aim),
                "notes": described_notes(notes),
                "findings": described_findings(findings),
            }
        )
        return
    lines = [file_line(table), "", *column_lines(columns)]
    if aim:
        lines += ["", *target_lines(aim)]
    lines += [*notes_lines(untold(notes)), "", *evidence_lines(findings)]
    screen.print_lines(lines, quiet=quiet)


def left_out_of(columns: tuple[Column, ...]) -> tuple[LeftOut, ...]:
    """The columns that are no inputs though nobody gave them another role."""
    return tuple(
        LeftOut("column", column.name, 1, column.left_out)
        for column in columns
        if column.left_out is not None and column.role is None
    )


def dialect(table: Table) -> dict[str, Any] | None:
    """How the file writes its cells; None for Parquet."""
    if table.dialect is None:
        return None
    return {
        "separator": table.dialect.separator,
        "decimal": table.dialect.decimal,
        "thousands": table.dialect.thousands,
        "encoding": table.dialect.encoding,
    }


def described_target(target: Target | None) -> dict[str, Any] | None:
    """The target for a program."""
    if target is None:
        return None
    counts = None
    if target.classes is not None:
        sizes = np.bincount(target.values, minlength=len(target.classes))
        counts = [
            {"name": name, "rows": int(size)}
            for name, size in zip(target.classes, sizes, strict=True)
        ]
    return {
        "name": target.name,
        "task": target.task,
        "classes": counts,
        "rows": len(target.rows),
    }


def target_lines(target: Target) -> list[str]:
    """The target for a person."""
    name = screen.harmless(target.name)
    if target.classes is None:
        values = target.values
        return [
            say(
                "cli.target_numbers",
                name=name,
                low=values.min(),
                high=values.max(),
                mean=values.mean(),
            )
        ]
    sizes = np.bincount(target.values, minlength=len(target.classes))
    shares = [
        (screen.harmless(label), f"{size:,}", f"{100 * size / sizes.sum():.1f} %")
        for label, size in zip(target.classes, sizes, strict=True)
    ]
    lines = screen.indented(aligned(shares[:20], frozenset({1, 2})))
    more = [f"  ... {len(shares) - 20} more"] if len(shares) > 20 else []
    return [say("cli.target_classes", name=name, count=len(shares)), *lines, *more]


def column_lines(columns: tuple[Column, ...]) -> list[str]:
    """A line for every column."""
    rows = [
        (
            screen.harmless(column.name),
            column.kind,
            f"{column.missing:,}" if column.missing else "",
            f"{column.distinct:,}",
            values_of(column),
        )
        for column in columns
    ]
    header = ("column", "kind", "missing", "distinct", "values")
    return aligned([header, *rows], frozenset({2, 3}))


def values_of(column: Column) -> str:
    """What a column holds, or why it is left out."""
    if column.range is not None:
        text = " to ".join(column.range)
        text += f", mean {column.mean:.4g}" if column.mean is not None else ""
    elif column.frequent:
        shown = [f"{screen.harmless(value, 20)} {count:,}" for value, count in column.frequent[:3]]
        text = ", ".join(shown) + (", ..." if column.distinct > len(shown) else "")
    else:
        text = screen.harmless(column.example) if column.example else ""
    if column.left_out is None:
        return text
    why = column.left_out if column.role else say("cli.left_out_because", why=column.left_out)
    return f"{text} ({why})" if text else f"({why})"
