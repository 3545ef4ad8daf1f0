"""What the benchmarks write: Markdown tables, short numbers, the name of the processor."""

from __future__ import annotations

import platform
from pathlib import Path


def row(cells: list[object]) -> str:
    """A line of a Markdown table."""
    return "| " + " | ".join(map(str, cells)) + " |"


def table(head: list[str], rows: list[list[object]]) -> list[str]:
    """A Markdown table."""
    return [row(head), row(["---"] * len(head)), *(row(cells) for cells in rows), ""]


def number(value: float) -> str:
    """Three digits, or what is before the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def processor() -> str:
    """The name of the processor, as the system says it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
