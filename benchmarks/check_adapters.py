"""Whether the adapter that `helder check --make-adapter` prints works as it is printed.

For each correct network of `check/known` and `check/fresh` the adapter is written to a file and
given back with `--adapter`; the network has to be judged right.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "check"))

from subjects import GROUPS, Subject, subjects

from helder.glass.check.causes import CANNOT_TELL, WRONG
from helder.glass.check.checking import SECONDS, adapter_text, check


def judged(subject: Subject, seconds: float) -> tuple[str, str, str]:
    """The verdict through its own adapter, why where it cannot be told, and the adapter."""
    with tempfile.TemporaryDirectory() as folder:
        path, lines = subject.write(Path(folder)), Path(folder) / "adapter.py"
        text = adapter_text(path, seconds)
        lines.write_text(text)
        found = check(path, adapter=lines, seconds=seconds).network
        assert found is not None
        return found.verdict, found.evidence, text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", default="", help="only networks with this in their name")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for the code of a file")
    parser.add_argument("--show", action="store_true", help="print the adapters that do not work")
    given = parser.parse_args()
    for group in GROUPS:
        ones = [one for one in subjects((group,)) if given.file in one.name]
        right = wrong = 0
        for one in ones:
            verdict, why, text = judged(one, given.seconds)
            right += verdict not in (WRONG, CANNOT_TELL)
            wrong += verdict == WRONG
            if verdict in (WRONG, CANNOT_TELL):
                print(f"{group}/{one.name}: {verdict}: {why}", flush=True)
                print(text if given.show else "", end="")
        print(f"{group}: {right} of {len(ones)} work as printed, {wrong} are called wrong")


if __name__ == "__main__":
    main()
