"""How often each rule over a training fired: on healthy ones, and on those with its fault.

`python benchmarks/doctor.py --write` counts, and writes this file and the table in docs/doctor.md.
"""

from __future__ import annotations

from helder.glass.doctor.rules import Rate

RATES: dict[str, tuple[Rate | None, Rate | None]] = {
    "unscaled-inputs": (Rate(0, 540), Rate(30, 30)),
    "unscaled-targets": (Rate(0, 540), Rate(30, 30)),
    "output-loss-mismatch": (Rate(0, 540), Rate(30, 30)),
    "symmetric-weights": (Rate(0, 540), Rate(60, 60)),
    "first-weights": (Rate(0, 540), Rate(60, 60)),
    "learning-rate-too-high": (Rate(0, 540), Rate(30, 30)),
    "learning-rate-too-low": (Rate(0, 540), Rate(30, 30)),
    "not-finite": (Rate(0, 540), Rate(30, 30)),
    "exploding-gradient": (Rate(0, 540), Rate(30, 30)),
    "vanishing-gradient": (Rate(0, 540), Rate(30, 30)),
    "dead-units": (Rate(0, 540), Rate(30, 30)),
    "saturation": (Rate(0, 540), Rate(60, 60)),
    "not-learning": (Rate(0, 540), Rate(60, 60)),
    "beaten-by-simple-model": (Rate(0, 540), Rate(55, 60)),
    "linear-stack": (Rate(0, 540), Rate(30, 30)),
    "strong-dropout": (Rate(0, 540), Rate(30, 30)),
    "weights-stuck": (Rate(0, 540), Rate(30, 30)),
    "overfitting": (Rate(20, 540), Rate(15, 30)),
    "plateau": (Rate(2, 540), Rate(18, 30)),
    "oscillation": (Rate(10, 540), Rate(14, 30)),
    "too-good-to-be-true": (Rate(0, 540), Rate(21, 30)),
    "class-never-predicted": (Rate(12, 540), Rate(26, 30)),
}
