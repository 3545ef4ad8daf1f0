"""How often the rules about data fire: on healthy tables, and on tables with a planted fault.

    python benchmarks/doctor_data.py --data FOLDER [--tables 48] [--planted 40] [--out cases.jsonl]

Every table goes the way of `helder train --test`: written to files, read, understood, prepared.
Cases that stand in the output file are not done again. Prints the table of docs/findings.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from doctor_data_faults import FAULTS
from doctor_data_tables import FAMILIES, Sheet, made_up, of_file

from helder.errors import HelderError
from helder.glass.doctor.data import RULES, findings_in
from helder.model import Question, prepare
from helder.table import Table, describe_columns, describe_frame, marks_of, read_table, table_of

SPLITS = 4  # of each file


def tables(folder: Path, made: int) -> Iterator[tuple[str, Sheet]]:
    """Every healthy table with its name."""
    for path in sorted(folder.glob("*.csv")):
        for seed in range(SPLITS):
            yield f"{path.stem} {seed}", of_file(path, seed)
    for family in FAMILIES:
        for seed in range(made):
            yield f"{family} {seed}", made_up(family, seed)


def written(sheet: Sheet, part: str, folder: Path) -> Path:
    """The file of one part of a sheet."""
    cells = getattr(sheet, part)
    path = folder / f"{part}.csv"
    with path.open("w", newline="", encoding=sheet.encoding) as file:
        writer = csv.writer(file, delimiter=sheet.sep)
        if sheet.header:
            writer.writerow(cells)
        writer.writerows(zip(*cells.values(), strict=True))
    return path


def read(sheet: Sheet, folder: Path) -> tuple[Table, Table]:
    """Both tables, from files or from data frames."""
    if sheet.frame:
        train, test = (table_of(pl.DataFrame(cells)) for cells in (sheet.train, sheet.test))
        return train, test
    train = read_table(written(sheet, "train", folder), separator=sheet.read_as)
    path = written(sheet, "test", folder)
    return train, read_table(path, separator=sheet.read_as, like=marks_of(train))


def fired(sheet: Sheet) -> list[str]:
    """The rules that fire on a sheet; "stopped" where reading or preparing stops."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            table, test = read(sheet, Path(folder))
            if sheet.target not in table.names:
                findings = findings_in(table, describe_columns(table))
            elif sheet.frame:
                findings = findings_in(table, describe_frame(table))
            else:
                ready = prepare(table, Question(sheet.target), test)
                columns, notes = ready.columns, ready.notes
                findings = findings_in(table, columns, ready.target, notes=notes, test=test)
        except HelderError as error:
            return ["stopped", str(error)]
    return sorted({finding.rule for finding in findings})


def cases(folder: Path, made: int, planted: int) -> Iterator[tuple[str, str, Sheet]]:
    """Every case: what was planted ("" for nothing), the table's name, and the sheet."""
    healthy = list(tables(folder, made))
    for name, sheet in healthy:
        yield "", name, sheet
    for number, (fault, plant) in enumerate(FAULTS.items()):
        rng = np.random.default_rng(number)
        done = 0
        for at in rng.permutation(len(healthy)):
            name, sheet = healthy[int(at)]
            sick = plant(sheet, rng)
            if sick is not None and done < planted:
                done += 1
                yield fault, name, sick


def measured(given: argparse.Namespace) -> list[dict]:
    """Every case with the rules that fired on it, from the file or done now."""
    found: dict[tuple[str, str], dict] = {}
    if given.out.exists():
        for line in given.out.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            found[case["fault"], case["table"]] = case
    with given.out.open("a", encoding="utf-8") as file:
        for fault, name, sheet in cases(given.data, given.tables, given.planted):
            if (fault, name) not in found:
                case = {"fault": fault, "table": name, "fired": fired(sheet)}
                found[fault, name] = case
                file.write(json.dumps(case) + "\n")
                file.flush()
    return list(found.values())


def report(done: list[dict]) -> None:
    """The rates of every rule, and where problems fired on healthy tables."""
    healthy = [case for case in done if not case["fault"] and "stopped" not in case["fired"]]
    sick = defaultdict(list)
    for case in done:
        if case["fault"] and "stopped" not in case["fired"]:
            sick[case["fault"]].append(case)
    print(f"{len(healthy)} healthy tables")
    for case in done:
        if "stopped" in case["fired"]:
            print(f"stopped: {case['fault']}, {case['table']}: {case['fired'][1][:100]}")
    for rule in RULES:
        false = [case["table"] for case in healthy if rule.name in case["fired"]]
        true = sum(rule.name in case["fired"] for case in sick[rule.name])
        rates = f"Rate({len(false)}, {len(healthy)}), Rate({true}, {len(sick[rule.name])})"
        print(f"{rule.name:30} {rule.level:8} {rates}  {', '.join(false[:6])}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder of CSV files")
    parser.add_argument("--tables", type=int, default=48, help="of each family that is made up")
    parser.add_argument("--planted", type=int, default=40, help="tables for each fault")
    parser.add_argument("--out", type=Path, default=Path("doctor_data.jsonl"))
    report(measured(parser.parse_args()))


if __name__ == "__main__":
    main()
