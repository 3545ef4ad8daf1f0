"""Faults that are planted into healthy tables: one function for each rule about data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from doctor_data_tables import Cells, Rng, Sheet, is_number

Fault = Callable[[Sheet, Rng], Sheet | None]


def amounts(sheet: Sheet) -> list[str]:
    """The inputs that are numbers of many values."""
    return [name for name, cells in sheet.train.items() if name != sheet.target
            and len(set(cells)) > 10 and sum(map(is_number, cells)) > 0.7 * len(cells)
            and all(is_number(cell) or cell == "" for cell in cells)]  # fmt: skip


def kinds(sheet: Sheet) -> list[str]:
    """The inputs that are words of few kinds."""
    return [name for name, cells in sheet.train.items() if name != sheet.target
            and not any(map(is_number, cells)) and 1 < len(set(cells)) < 60]  # fmt: skip


def pick(names: list[str], rng: Rng) -> str | None:
    """One of the names; None where there is none."""
    return names[int(rng.integers(len(names)))] if names else None


def with_column(sheet: Sheet, name: str, write: Callable[[Cells], list[str]]) -> Sheet:
    """The sheet with another or a new column."""
    train, test = ({**cells, name: write(cells)} for cells in (sheet.train, sheet.test))
    return replace(sheet, train=train, test=test)


def changed(sheet: Sheet, name: str | None, change: Callable[[str], str]) -> Sheet | None:
    """The sheet with every cell of a column changed; None where there is no such column."""
    if name is None:
        return None
    return with_column(sheet, name, lambda cells: [change(cell) for cell in cells[name]])


def sometimes(share: float, rng: Rng, change: Callable[[str], str]) -> Callable[[str], str]:
    """A change that happens to a share of the cells, empty ones left alone."""
    return lambda cell: change(cell) if cell and rng.random() < share else cell


def train_rows(sheet: Sheet, rows: np.ndarray) -> Sheet:
    """The sheet with these rows alone to train, in this order."""
    train = {name: [cells[row] for row in rows] for name, cells in sheet.train.items()}
    return replace(sheet, train=train)


def fresh(rng: Rng, draw: Callable[[int], np.ndarray], name: str, sheet: Sheet) -> Sheet:
    """The sheet with a new column of drawn values."""
    size = {id(cells): len(cells[sheet.target]) for cells in (sheet.train, sheet.test)}
    return with_column(sheet, name, lambda cells: [str(one) for one in draw(size[id(cells)])])


def codes(sheet: Sheet) -> np.ndarray:
    """(N,) a number for each training row that sorts it by its target."""
    cells = sheet.train[sheet.target]
    if sheet.classes:
        return np.unique(cells, return_inverse=True)[1].astype(float)
    return np.array([float(cell) for cell in cells])


def mostly_once(sheet: Sheet) -> bool:
    """Whether most rows that train are there once: elsewhere a copy is like any other row."""
    times = Counter(zip(*sheet.train.values(), strict=True))
    return 2 * sum(count == 1 for count in times.values()) > sheet.rows


def one_column(sheet: Sheet, rng: Rng) -> Sheet:
    if any("," in cell for cells in sheet.train.values() for cell in cells[:50]):
        return replace(sheet, sep=";", read_as="|")
    return replace(sheet, sep=";", read_as=",")


def no_header(sheet: Sheet, rng: Rng) -> Sheet:
    return replace(sheet, header=False)


def numbers_as_text(sheet: Sheet, rng: Rng) -> Sheet | None:
    share = rng.uniform(0.1, 0.4)
    return changed(sheet, pick(amounts(sheet), rng), sometimes(share, rng, lambda c: f"ca. {c}"))


def numbers_with_sign(sheet: Sheet, rng: Rng) -> Sheet | None:
    sign = [" %", "€ ", "$"][int(rng.integers(3))]
    write = (lambda c: c + sign) if sign == " %" else (lambda c: sign + c)
    return changed(sheet, pick(amounts(sheet), rng), sometimes(1.0, rng, write))


def marks_disagree(sheet: Sheet, rng: Rng) -> Sheet | None:
    points = [name for name in amounts(sheet)
              if sum("." in cell for cell in sheet.train[name]) > sheet.rows / 2]  # fmt: skip
    if len(points) < 3:
        return None
    return replace(changed(sheet, points[0], lambda c: c.replace(".", ",")), sep=";")


def labels_spelt(sheet: Sheet, rng: Rng) -> Sheet | None:
    if not sheet.classes or all(map(is_number, sheet.train[sheet.target])):
        return None
    cells = [sometimes(0.1, rng, str.swapcase)(cell) for cell in sheet.train[sheet.target]]
    return replace(sheet, train={**sheet.train, sheet.target: cells})


def class_too_small(sheet: Sheet, rng: Rng) -> Sheet | None:
    if not sheet.classes:
        return None
    extra = train_rows(sheet, np.append(np.arange(sheet.rows), rng.integers(sheet.rows, size=2)))
    cells = sheet.train[sheet.target]
    label = "7777" if all(map(is_number, cells)) else "rare"
    size = int(rng.integers(1, 4))
    rows = rng.permutation(sheet.rows)[:size]
    named = [label if row in rows else cell for row, cell in enumerate(extra.train[sheet.target])]
    return replace(extra, train={**extra.train, sheet.target: named})


def leak(sheet: Sheet, rng: Rng, wrong: float) -> Sheet:
    """A column that is the target in another form, wrong in a share of the rows."""
    if sheet.classes:
        labels = sorted({*sheet.train[sheet.target], *sheet.test[sheet.target]})
        said = dict(zip(labels, rng.permutation(len(labels)) * 3 + 11, strict=True))

        def write(cells: Cells) -> list[str]:
            truth = cells[sheet.target]
            other = [labels[int(code)] for code in rng.integers(len(labels), size=len(truth))]
            return [str(said[false if rng.random() < wrong else true])
                    for true, false in zip(truth, other, strict=True)]  # fmt: skip
    else:
        spread = float(np.std(codes(sheet)))

        def write(cells: Cells) -> list[str]:
            truth = np.array([float(cell) for cell in cells[sheet.target]])
            noise = rng.normal(size=len(truth)) * wrong * spread
            return [f"{cell:.6g}" for cell in (truth + noise) * 1.8 + 32]

    return with_column(sheet, "status", write)


def target_in_a_column(sheet: Sheet, rng: Rng) -> Sheet:
    return leak(sheet, rng, 0.0)


def column_predicts_target(sheet: Sheet, rng: Rng) -> Sheet:
    return leak(sheet, rng, 0.08)


def same_rows(sheet: Sheet, rng: Rng) -> Sheet | None:
    if not mostly_once(sheet):
        return None
    tests = len(sheet.test[sheet.target])
    copied = dict(zip(rng.permutation(tests)[: max(tests // 5, 8)].tolist(),
                      rng.permutation(sheet.rows).tolist(), strict=False))  # fmt: skip
    test = {
        name: [sheet.train[name][copied[row]] if row in copied else cell
               for row, cell in enumerate(cells)]
        for name, cells in sheet.test.items()
    }  # fmt: skip
    return replace(sheet, test=test)


def imbalance(sheet: Sheet, rng: Rng) -> Sheet | None:
    if not sheet.classes:
        return None
    found = codes(sheet)
    sizes = np.bincount(found.astype(int))
    rare, most = int(np.argmin(sizes)), int(sizes.max())
    left = max(most // 15, 4)
    if left * 11 > most:
        return None
    gone = rng.permutation(np.flatnonzero(found == rare))[left:]
    return train_rows(sheet, np.setdiff1d(np.arange(sheet.rows), gone))


def conflicts(sheet: Sheet, rng: Rng) -> Sheet:
    rows = rng.permutation(sheet.rows)[: sheet.rows // 5]
    again = train_rows(sheet, np.append(np.arange(sheet.rows), rows))
    cells = again.train[sheet.target]
    other = cells[: sheet.rows] + [cells[int(row)] for row in rng.permutation(rows)]
    return replace(again, train={**again.train, sheet.target: other})


def duplicates(sheet: Sheet, rng: Rng) -> Sheet | None:
    if not mostly_once(sheet):
        return None
    rows = np.append(np.arange(sheet.rows), rng.permutation(sheet.rows)[: sheet.rows // 20])
    return train_rows(sheet, rows)


def grouped(sheet: Sheet, rng: Rng) -> Sheet:
    return fresh(rng, lambda n: rng.integers(1000, 1025, size=n), "patient_id", sheet)


def sorted_rows(sheet: Sheet, rng: Rng) -> Sheet:
    return train_rows(sheet, np.argsort(codes(sheet), kind="stable"))


def alike(sheet: Sheet, rng: Rng) -> Sheet:
    found = codes(sheet)
    return train_rows(sheet, np.argsort(found + rng.normal(size=len(found)) * found.std() / 2))


def drifted(sheet: Sheet, rng: Rng) -> Sheet | None:
    name = pick(amounts(sheet), rng)
    if name is None or len(sheet.test[name]) < 60:
        return None
    filled = np.array([float(cell) for cell in sheet.train[name] if cell])
    cells = [f"{float(cell) + filled.std():.6g}" if cell else "" for cell in sheet.test[name]]
    return replace(sheet, test={**sheet.test, name: cells})


def unseen(sheet: Sheet, rng: Rng) -> Sheet | None:
    name = pick(kinds(sheet), rng)
    if name is None:
        return None
    cells = [sometimes(0.1, rng, lambda c: "brand new")(cell) for cell in sheet.test[name]]
    return replace(sheet, test={**sheet.test, name: cells})


def latin(sheet: Sheet, rng: Rng) -> Sheet | None:
    sheet = changed(sheet, pick(kinds(sheet), rng), lambda c: "é" + c)
    return None if sheet is None else replace(sheet, encoding="cp1252")


def thousands(sheet: Sheet, rng: Rng) -> Sheet:
    draw = np.exp(rng.normal(12, 2, 100_000)).astype(int)
    made = fresh(rng, lambda n: rng.choice(draw, n), "income", sheet)
    return replace(changed(made, "income", lambda c: f"{int(c):,}"), sep=";")


def days(sheet: Sheet, rng: Rng) -> Sheet:
    made = fresh(rng, lambda n: rng.integers(1, 13, size=n), "day", sheet)
    return changed(made, "day", lambda c: f"{int(c):02d}/{rng.integers(1, 13):02d}/2023")


def dates_as_text(sheet: Sheet, rng: Rng) -> Sheet:
    made = fresh(rng, lambda n: rng.integers(1, 29, size=n), "day", sheet)
    return changed(made, "day", lambda c: f"{int(c):02d} Jan 2023")


def text_of_numbers(sheet: Sheet, rng: Rng) -> Sheet | None:
    return replace(sheet, frame=True) if amounts(sheet) else None


def identifier(sheet: Sheet, rng: Rng) -> Sheet:
    numbers = iter(rng.permutation(sheet.rows * 30) + 10**6)
    return fresh(rng, lambda n: np.array([next(numbers) for _ in range(n)]), "ref", sheet)


def spelt(sheet: Sheet, rng: Rng) -> Sheet | None:
    return changed(sheet, pick(kinds(sheet), rng), sometimes(0.1, rng, str.swapcase))


def missing_marks(sheet: Sheet, rng: Rng) -> Sheet | None:
    name = pick(amounts(sheet) + kinds(sheet), rng)
    both = sometimes(0.1, rng, lambda c: ["NA", ""][int(rng.integers(2))])
    return changed(sheet, name, both)


def stand_in(sheet: Sheet, rng: Rng) -> Sheet | None:
    small = [name for name in amounts(sheet)
             if np.ptp([float(cell) for cell in sheet.train[name] if cell]) < 900]  # fmt: skip
    return changed(sheet, pick(small, rng), sometimes(0.05, rng, lambda c: "-999"))


def holes(sheet: Sheet, rng: Rng) -> Sheet | None:
    name = pick(amounts(sheet) + kinds(sheet), rng)
    return changed(sheet, name, sometimes(0.7, rng, lambda c: ""))


def flag(sheet: Sheet, rng: Rng) -> Sheet:
    def draw(rows: int) -> np.ndarray:
        drawn = np.zeros(rows, dtype=int)
        drawn[rng.permutation(rows)[: max(rows // 250, 1)]] = 1
        return drawn

    return fresh(rng, draw, "flag", sheet)


def towns(sheet: Sheet, rng: Rng) -> Sheet:
    return fresh(rng, lambda n: np.array([f"t{code}" for code in rng.integers(70, size=n)]),
                 "town", sheet)  # fmt: skip


def scales(sheet: Sheet, rng: Rng) -> Sheet:
    made = fresh(rng, lambda n: rng.normal(size=n).round(3), "share", sheet)
    return fresh(rng, lambda n: (rng.normal(size=n) * 1e5).round(), "salary", made)


FAULTS: dict[str, Fault] = {
    "one-column": one_column,
    "no-header": no_header,
    "numbers-as-text": numbers_as_text,
    "numbers-with-sign": numbers_with_sign,
    "marks-disagree": marks_disagree,
    "labels-spelt-differently": labels_spelt,
    "class-too-small": class_too_small,
    "target-in-a-column": target_in_a_column,
    "same-rows-in-train-and-test": same_rows,
    "column-predicts-target": column_predicts_target,
    "imbalance": imbalance,
    "same-inputs-different-target": conflicts,
    "duplicate-rows": duplicates,
    "looks-grouped": grouped,
    "sorted-by-target": sorted_rows,
    "neighbours-alike": alike,
    "drift": drifted,
    "unseen-categories": unseen,
    "not-utf-8": latin,
    "thousands-or-decimals": thousands,
    "day-or-month": days,
    "dates-as-text": dates_as_text,
    "text-of-numbers": text_of_numbers,
    "perhaps-an-identifier": identifier,
    "spelling-variants": spelt,
    "mixed-missing-marks": missing_marks,
    "stand-in-values": stand_in,
    "mostly-missing": holes,
    "near-constant": flag,
    "high-cardinality": towns,
    "column-scales": scales,
}
