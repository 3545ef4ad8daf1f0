"""Makes sleep.csv, a table whose best achievable accuracy is known, and two tables beside it.

The rule, on the values as they stand in the file:

    score = - 0.35 (Sleep_Duration - 7.5)²      too short and too long are both bad
            - 0.6 (Screen_Time - 4)             the longer, the worse
            - c (Caffeine_Intake - 2)           c = 0.3, and 0.5 for who sleeps after midnight
            + 0.01 (Physical_Activity - 45)     an empty cell counts as 45 minutes

    P(Sleep_Quality is bad)            = sigmoid((-1.6 - score) / 0.2)
    P(Sleep_Quality is bad or medium)  = sigmoid((-0.2 - score) / 0.2)

Age, Gender, University_Year and Study_Hours do not matter. Nobody can predict better than by
naming the likeliest class of each row; that is right, on average, as often as the mean of those
largest probabilities says. sleep_new.csv has other students, by the same rule. In sleep_noise.csv
the labels depend on nothing.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

ROWS = 2000
NEW_ROWS = 500
SEED = 4
CLASSES = ("bad", "medium", "good")
THRESHOLDS = np.array([-1.6, -0.2])
NOISE = 0.2
TARGET = "Sleep_Quality"

Array = np.ndarray
Table = dict[str, Array]


def make_students(random: np.random.RandomState, rows: int = ROWS) -> Table:
    """Draw students and round what they say as a person would write it down."""
    late = random.uniform(size=rows) < 0.45  # (N,)
    activity = 5 * np.round(random.gamma(2.2, 22, rows) / 5)
    activity[random.choice(rows, rows // 100, replace=False)] = np.nan  # 1 % did not say
    return {
        "Age": random.randint(18, 26, rows),
        "Gender": random.choice(["female", "male", "other"], rows, p=[0.49, 0.47, 0.04]),
        "University_Year": random.randint(1, 5, rows),
        "Sleep_Duration": np.clip(np.round(random.normal(6.6 - 0.3 * late, 1.1), 1), 3.0, 11.0),
        "Study_Hours": np.clip(np.round(random.normal(5.0, 1.8, rows), 1), 0.0, 12.0),
        "Screen_Time": np.clip(np.round(random.gamma(6.0, 0.65 + 0.1 * late), 1), 0.2, 12.0),
        "Caffeine_Intake": np.minimum(random.poisson(2.0, rows), 7),
        "Physical_Activity": np.minimum(activity, 180),
        "Bedtime": np.where(late, "after midnight", "before midnight"),
    }


def score(table: Table) -> Array:
    """Say how well each student slept, before the noise: the rule's first half."""
    per_cup = np.where(table["Bedtime"] == "after midnight", 0.5, 0.3)  # (N,)
    activity = table["Physical_Activity"]
    return (
        -0.35 * (table["Sleep_Duration"] - 7.5) ** 2
        - 0.6 * (table["Screen_Time"] - 4)
        - per_cup * (table["Caffeine_Intake"] - 2)
        + 0.01 * (np.where(np.isnan(activity), 45, activity) - 45)
    )  # (N,)


def probabilities(table: Table) -> Array:
    """P(class | row) of the three classes: the rule's second half."""
    z = (THRESHOLDS - score(table)[:, np.newaxis]) / NOISE  # (N, 2)
    up_to = 1 / (1 + np.exp(-z))  # (N, 2): at most bad, at most medium
    return np.diff(up_to, axis=1, prepend=0.0, append=1.0)  # (N, 3)


def draw(random: np.random.RandomState, p: Array) -> Array:
    """Draw one class number per row with the probabilities of that row."""
    u = random.uniform(size=(len(p), 1))  # (N, 1)
    return np.sum(u > np.cumsum(p, axis=1)[:, :-1], axis=1)  # (N,)


def best_accuracy(p: Array) -> float:
    """Give the accuracy that the best possible rule reaches on average on these rows."""
    return float(p.max(axis=1).mean())


def write(path: Path, table: Table, labels: Array) -> None:
    """Write the table with its labels as the last column, an empty cell where nothing was said."""
    columns = []
    for name, values in table.items():
        whole = name == "Physical_Activity"  # held as floats only because a cell may be empty
        column = values.tolist()
        columns.append(["" if v != v else int(v) for v in column] if whole else column)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*table, TARGET])
        writer.writerows(zip(*columns, (CLASSES[k] for k in labels), strict=True))


def make(seed: int = SEED, rows: int = ROWS) -> tuple[Table, Array, Array]:
    """Make the table, its labels, and labels with the same frequencies that depend on nothing."""
    random = np.random.RandomState(seed)  # NumPy promises this old stream never to change
    table = make_students(random, rows)
    labels = draw(random, probabilities(table))  # (N,)
    frequencies = np.bincount(labels, minlength=len(CLASSES)) / len(labels)  # (3,)
    noise = draw(random, np.tile(frequencies, (len(labels), 1)))  # (N,)
    return table, labels, noise


def main(folder: Path = Path(__file__).parent) -> None:
    """Write the files and say how well the first can be predicted."""
    table, labels, noise = make()
    write(folder / "sleep.csv", table, labels)
    write(folder / "sleep_noise.csv", table, noise)
    others, their_labels, _ = make(SEED + 1, NEW_ROWS)
    write(folder / "sleep_new.csv", others, their_labels)
    p = probabilities(table)
    shares = ", ".join(f"{(labels == k).mean():.1%} {name}" for k, name in enumerate(CLASSES))
    print(f"sleep.csv: {len(labels)} rows, {shares}")
    print(f"best achievable accuracy: {best_accuracy(p):.2%}")
    print(f"the best rule on this file: {(p.argmax(axis=1) == labels).mean():.2%}")
    print(f"sleep_noise.csv: {np.bincount(noise).max() / len(noise):.2%} in the largest class")


if __name__ == "__main__":
    main()
