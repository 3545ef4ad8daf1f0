"""What is noted in a text, as if it were a file."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path
from types import SimpleNamespace


def read(text, python_2=None):
    text = textwrap.dedent(text)
    if "import" not in text or " np" not in text:
        text = text.rstrip("\n") + "\nimport numpy as np\n"
    return SimpleNamespace(path=Path("mine.py"), tree=ast.parse(text), python_2=python_2), text
