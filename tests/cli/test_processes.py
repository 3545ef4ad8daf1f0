"""The command as a process: how it starts, how it is interrupted, killed, and read from."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helder import store
from helder.table import read_table

EXAMPLES = Path(__file__).parents[2] / "examples"
SLEEP = EXAMPLES / "sleep.csv"
COMMAND = Path(sys.executable).with_name("helder")
PLAIN = ("--recipe", "plain")
FOR_EVER = (*PLAIN, "--epochs", 1_000_000, "--learning-rate", 1e-6, "--batch-size", 2000)


def begun(process, *options: object) -> subprocess.Popen[str]:
    """A training that has read its table and begins with the first epoch."""
    child = process("train", SLEEP, "--target", "Sleep_Quality", *options)
    for line in child.stdout:
        if line.startswith("Held out"):
            return child
    raise AssertionError(child.stderr.read())


def test_the_command_and_the_module_answer_alike(folder):
    first = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, cwd=folder)
    second = subprocess.run(
        [sys.executable, "-c", "from helder.cli import main; main()", "--version"],
        capture_output=True, text=True, cwd=folder,
    )  # fmt: skip
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout
    assert first.stderr == second.stderr == ""


def test_ctrl_c_keeps_the_best_network_so_far(process, folder, well):
    child = begun(process, *FOR_EVER)
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=10)
    assert child.returncode == 130
    assert "Stopped in epoch" in out
    assert "The linear model was not trained to its end" in out
    assert "The model is in sleep.helder." in out
    assert "Traceback" not in err
    fitted = store.load("sleep.helder")
    assert fitted.history.stopped == "interrupted"
    assert fitted.history.best >= 1
    assert fitted.scores.linear is None
    assert len(fitted.predict(read_table(SLEEP))) == 2000
    assert well("evaluate", "sleep.helder", EXAMPLES / "sleep_new.csv").out
    assert [path.name for path in folder.iterdir()] == ["sleep.helder"]


def test_ctrl_c_under_json_is_still_one_object(process):
    import json

    child = process("train", SLEEP, "--target", "Sleep_Quality", "--json", *FOR_EVER)
    time.sleep(4)
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=10)
    assert child.returncode == 130
    answer = json.loads(out)
    assert answer["stopped"] == "interrupted"
    assert answer["baseline"]["linear"] is None


def test_ctrl_c_before_the_first_epoch_keeps_the_old_model(process, folder):
    old = b"what stood there"
    (folder / "sleep.helder").write_bytes(old)
    child = begun(process, *PLAIN, "--hidden", "3000,3000")
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert err.lstrip() == "helder: stopped before there was anything to keep.\n"
    assert (folder / "sleep.helder").read_bytes() == old
    assert [path.name for path in folder.iterdir()] == ["sleep.helder"]


def test_a_kill_in_training_leaves_the_old_model_whole(process, folder):
    old = b"what stood there"
    (folder / "sleep.helder").write_bytes(old)
    child = begun(process, *FOR_EVER)
    time.sleep(0.3)
    child.kill()
    child.communicate(timeout=10)
    assert child.returncode == -signal.SIGKILL
    assert (folder / "sleep.helder").read_bytes() == old
    assert [path.name for path in folder.iterdir()] == ["sleep.helder"]


@pytest.mark.parametrize("verb", ["predict", "look"])
def test_a_reader_that_leaves_ends_it_quietly(process, well, small, write, verb):
    well("train", small, "--target", "answer", *PLAIN, "--epochs", 2, "--quiet")
    if verb == "predict":
        rows = [(row / 7, row % 5, "red") for row in range(40_000)]
        arguments = ("predict", "small.helder", write(("a", "b", "colour"), rows, "many.csv"))
    else:
        names = [f"column {at}" for at in range(2500)]
        arguments = ("look", write(names, [range(2500), range(2500)], "wide.csv"))
    child = process(*arguments)
    assert child.stdout.readline()
    child.stdout.close()
    child.stdout = None
    _, err = child.communicate(timeout=30)
    assert err == ""
    assert child.returncode in (0, 1)  # some kernels take the rest of one write as written


def test_an_error_of_a_process_is_its_status_and_one_message(process):
    for arguments, status in (
        (("train", "nothing.csv", "--target", "x"), 1),
        (("train", SLEEP, "--target", "Sleep_Quality", "--activation", "rellu"), 2),
    ):
        child = process(*arguments)
        out, err = child.communicate(timeout=30)
        assert (child.returncode, out) == (status, "")
        assert err.startswith("helder: ")
        assert len(err.splitlines()) <= 2


def test_a_terminal_without_unicode_is_served_too(process, write, folder):
    rows = [(row % 7, "é…" if row % 2 else "日本") for row in range(60)]
    file = write(("a", "kind"), rows)
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    child = process("train", file, "--target", "kind", *PLAIN, "--epochs", 2, env=env)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, "")
    assert "The model is in data.helder." in out
