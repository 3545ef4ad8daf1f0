"""The results file of the accuracy benchmark: a line for each fit, only ever added to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Key = tuple[str, int, str]  # set, split, model
Record = dict[str, Any]


def key(record: Record) -> Key:
    """What a record is known by."""
    return record["set"], record["split"], record["model"]


def add(path: Path, record: Record) -> None:
    """Writes one line and closes the file, so that a run that is killed loses one fit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def forget(path: Path, model: str, sets: list[str], rows: int) -> None:
    """From here on what this model did before on these sets does not count."""
    add(path, {"forget": model, "sets": sets, "rows": rows})


def results(path: Path, rows: int) -> dict[Key, Record]:
    """What counts in a file: fits on at most so many rows, the last of each key."""
    found: dict[Key, Record] = {}
    if not path.exists():
        return found
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue  # a run was killed in the middle of this line
        if record["rows"] != rows:
            continue
        if "forget" in record:
            gone = [k for k in found if k[2] == record["forget"] and k[0] in record["sets"]]
            for one in gone:
                del found[one]
        else:
            found[key(record)] = record
    return found
