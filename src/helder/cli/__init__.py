"""The `helder` command: thin, one file per verb."""

from __future__ import annotations

INTERRUPTED = 130  # the exit status after Ctrl-C


def main() -> None:
    """Runs the command and ends the process with its exit status."""
    try:
        from helder.cli.program import run
    except KeyboardInterrupt:  # Ctrl-C while Python still reads us in
        raise SystemExit(INTERRUPTED) from None
    raise SystemExit(run())
