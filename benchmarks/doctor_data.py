"""How often the rules about data fire: on healthy tables, and on tables with a planted fault.

    python benchmarks/doctor_data.py --data FOLDER [--tables N] [--planted N] [--out FILE] [--write]

Every table goes the way of `helder train --test`: written to files, read, understood, prepared.
Cases that stand in the output file are not done again. `--write` puts the counts into the rules'
`rates.py` and into the table of docs/findings.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
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
from helder.glass.doctor.rules import Rate
from helder.model import Question, prepare
from helder.table import Table, describe_columns, describe_frame, marks_of, read_table, table_of

HERE = Path(__file__).resolve().parents[1]
SOURCE = HERE / "src" / "helder" / "glass" / "doctor" / "data" / "rates.py"
PAGE = HERE / "docs" / "findings.md"
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


def counted(done: list[dict]) -> dict[str, tuple[Rate, Rate]]:
    """How often each rule fired on healthy tables, and on those with its fault.

    Tables at which reading stops, with an error that says where, are left out.
    """
    read_through = [case for case in done if "stopped" not in case["fired"]]
    healthy = [case["fired"] for case in read_through if not case["fault"]]
    sick = defaultdict(list)
    for case in read_through:
        sick[case["fault"]].append(case["fired"])
    return {
        rule.name: (
            Rate(sum(rule.name in case for case in healthy), len(healthy)),
            Rate(sum(rule.name in case for case in sick[rule.name]), len(sick[rule.name])),
        )
        for rule in RULES
    }


def report(done: list[dict], rates: dict[str, tuple[Rate, Rate]]) -> None:
    """The rates of every rule, and some of the healthy tables on which it fired."""
    for case in done:
        if "stopped" in case["fired"]:
            print(f"stopped: {case['fault']}, {case['table']}: {case['fired'][-1][:100]}")
    for rule in RULES:
        false = [case["table"] for case in done if not case["fault"] and rule.name in case["fired"]]
        healthy, faulty = (f"{rate.fired} of {rate.of}" for rate in rates[rule.name])
        print(f"{rule.name:30} {rule.level:8} {healthy:12} {faulty:10} {', '.join(false[:6])}")


def write(rates: dict[str, tuple[Rate, Rate]]) -> None:
    """Puts the rates into the source and into the page."""
    before, _, _ = SOURCE.read_text(encoding="utf-8").partition("RATES:")
    lines = [
        f'    "{name}": (Rate({healthy.fired}, {healthy.of}), Rate({faulty.fired}, {faulty.of})),\n'
        for name, (healthy, faulty) in rates.items()
    ]
    table = "".join(["RATES: dict[str, tuple[Rate, Rate]] = {\n", *lines, "}\n"])
    SOURCE.write_text(before + table, encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    for name, pair in rates.items():
        cells = " | ".join(f"{rate.fired} of {rate.of}" for rate in pair)
        row = re.compile(rf"^(\| `{name}` \| .+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)
        page = row.sub(rf"\1 | {cells} |", page)
    PAGE.write_text(page, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder of CSV files")
    parser.add_argument("--tables", type=int, default=42, help="of each family that is made up")
    parser.add_argument("--planted", type=int, default=30, help="tables for each fault")
    parser.add_argument("--out", type=Path, default=Path("doctor_data.jsonl"))
    parser.add_argument("--write", action="store_true", help="into the source and the page")
    given = parser.parse_args()
    done = measured(given)
    rates = counted(done)
    report(done, rates)
    if given.write:
        write(rates)


if __name__ == "__main__":
    main()
