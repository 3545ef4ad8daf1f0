"""How often each rule over a training fired: on healthy ones, and on those with its fault.

`python benchmarks/doctor.py --write` counts, and writes this file and the table in docs/doctor.md.
"""

from __future__ import annotations

from helder.glass.doctor.rules import Rate

RATES: dict[str, tuple[Rate | None, Rate | None]] = {}
