"""How often each rule about data fired: on healthy tables, and on those with its fault.

`python benchmarks/doctor_data.py --data FOLDER --write` counts, and writes this file and the
numbers of docs/findings.md.
"""

from __future__ import annotations

from helder.glass.doctor.rules import Rate

RATES: dict[str, tuple[Rate, Rate]] = {
    "one-column": (Rate(0, 430), Rate(30, 30)),
    "no-header": (Rate(0, 430), Rate(9, 9)),
    "numbers-as-text": (Rate(0, 430), Rate(30, 30)),
    "numbers-with-sign": (Rate(0, 430), Rate(30, 30)),
    "marks-disagree": (Rate(0, 430), Rate(30, 30)),
    "labels-spelt-differently": (Rate(0, 430), Rate(30, 30)),
    "class-too-small": (Rate(0, 430), Rate(30, 30)),
    "target-in-a-column": (Rate(0, 430), Rate(29, 30)),
    "same-rows-in-train-and-test": (Rate(0, 430), Rate(27, 30)),
    "column-predicts-target": (Rate(0, 430), Rate(29, 30)),
    "imbalance": (Rate(30, 430), Rate(30, 30)),
    "same-inputs-different-target": (Rate(158, 430), Rate(30, 30)),
    "duplicate-rows": (Rate(8, 430), Rate(24, 30)),
    "looks-grouped": (Rate(0, 430), Rate(30, 30)),
    "sorted-by-target": (Rate(8, 430), Rate(30, 30)),
    "neighbours-alike": (Rate(8, 430), Rate(29, 30)),
    "drift": (Rate(0, 430), Rate(30, 30)),
    "unseen-categories": (Rate(5, 430), Rate(21, 30)),
    "not-utf-8": (Rate(0, 430), Rate(30, 30)),
    "thousands-or-decimals": (Rate(0, 430), Rate(30, 30)),
    "day-or-month": (Rate(0, 430), Rate(30, 30)),
    "dates-as-text": (Rate(0, 430), Rate(30, 30)),
    "text-of-numbers": (Rate(0, 430), Rate(30, 30)),
    "perhaps-an-identifier": (Rate(0, 430), Rate(30, 30)),
    "spelling-variants": (Rate(0, 430), Rate(30, 30)),
    "mixed-missing-marks": (Rate(0, 430), Rate(30, 30)),
    "stand-in-values": (Rate(8, 430), Rate(29, 30)),
    "mostly-missing": (Rate(0, 430), Rate(30, 30)),
    "near-constant": (Rate(0, 430), Rate(28, 30)),
    "high-cardinality": (Rate(52, 430), Rate(30, 30)),
    "column-scales": (Rate(18, 430), Rate(30, 30)),
}
