"""The networks in `styles/`: our own, short, each made after what many people's files share."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "styles"


def style(name: str) -> str:
    """The code of one of them."""
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")
