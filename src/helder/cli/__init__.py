"""The `helder` command: thin, one file per verb."""

from __future__ import annotations


def main() -> None:
    """Runs the command and ends the process with its exit status."""
    from helder.cli.program import run

    raise SystemExit(run())
