"""Runs one verb and turns whatever goes wrong into one or two lines and an exit status."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence

import click

from helder import __version__
from helder.cli import INTERRUPTED
from helder.cli.check import check
from helder.cli.doctor import doctor
from helder.cli.evaluate import evaluate
from helder.cli.look import look
from helder.cli.predict import predict
from helder.cli.step import step
from helder.cli.train import train
from helder.errors import ArgumentError, HelderError
from helder.text import say

DONE, FAILED, MISUSED = 0, 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="helder")
def program() -> None:
    """From a table to a trained, checked network that you can see through."""


for verb in (look, train, evaluate, predict, step, check, doctor):
    program.add_command(verb)


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command with these arguments; those of the process by default."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    quiet = {"--quiet", "--json"} & set(given)
    warnings.showwarning = lambda message, *where: None if quiet else tell(str(message))
    try:
        status = program.main(given, prog_name="helder", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return failed(say("cli.interrupted"), INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has left; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except click.ClickException as error:
        return failed(misused(error), error.exit_code)
    except Exception as error:  # whatever it is, a person gets words; --debug has the rest
        if "--debug" in given:
            raise
        return explained(error)
    return status if isinstance(status, int) else DONE


def explained(error: Exception) -> int:
    """What went wrong, in words; a traceback is for `--debug`."""
    if isinstance(error, ArgumentError):
        return failed(str(error), MISUSED)
    if isinstance(error, HelderError):
        return failed(str(error), FAILED)
    if isinstance(error, MemoryError):
        return failed(say("cli.no_memory"), FAILED)
    return failed(say("cli.defect", kind=type(error).__name__, error=error), FAILED)


def misused(error: click.ClickException) -> str:
    """What is wrong with the command line, and where its help is."""
    text = error.format_message()
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "helder"
    return f"{text}\n{say('cli.help', command=path)}"


def failed(text: str, status: int) -> int:
    """Says what went wrong on standard error."""
    tell(text)
    return status


def tell(text: str) -> None:
    """Says a thing on standard error, under our name."""
    click.echo(f"helder: {text}", err=True)
