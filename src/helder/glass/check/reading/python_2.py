"""Mends what only Python 2 understands, where simple edits are enough to make it parse."""

from __future__ import annotations

import re
from collections.abc import Callable

# Names that Python 2 has and Python 3 has not: the first use of one says which it is.
OLD_NAMES = ("xrange", "raw_input", "unicode", "unichr", "basestring", "long", "reduce")

STRING = re.compile(
    r"""[rRuUbB]{0,2}(?:'{3}.*?'{3}|"{3}.*?"{3}|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\#[^\n]*""",
    re.DOTALL,
)
PRINT = re.compile(r"(^|[:;]|\n)([ \t]*)print\b(?![ \t]*[.=(,)\]])[ \t]*")
PRINT_GROUP = re.compile(r"(^|[:;]|\n)([ \t]*)print[ \t]+(?=\()")
EXCEPT = re.compile(r"\bexcept[ \t]+([\w.]+|\([^()\n]*\))[ \t]*,[ \t]*(\w+)[ \t]*:")
RAISE = re.compile(r"\braise[ \t]+([\w.]+)[ \t]*,[ \t]*([^\n]+)")
BACKTICKS = re.compile(r"`([^`\n]+)`")
OCTAL = re.compile(r"(?<![\w.])0([0-7]+)\b(?![.\w])")
LONG = re.compile(r"(?<![\w.])(\d+)[lL]\b")
ITERATORS = re.compile(r"\.iter(items|values|keys)\(\)")


def mended(text: str) -> tuple[str, int | None]:
    """The text as Python 3 would write it, and the first line that differs; None where none does.

    Line numbers stay. That `1 / 2` is 0 in Python 2 is not mended.
    """
    spaced = text.expandtabs(8)  # what mixes tabs and spaces is Python 2 as well
    hidden, kept = without_strings(spaced)
    for mend in MENDERS:
        hidden = mend(hidden)
    new = with_strings(hidden, kept)
    return new, first_difference(spaced, new) or first_difference(text, new)


def first_difference(old: str, new: str) -> int | None:
    """The first line, from 1, in which two texts of as many lines differ."""
    pairs = zip(old.split("\n"), new.split("\n"), strict=True)
    return next((number for number, (a, b) in enumerate(pairs, start=1) if a != b), None)


def without_strings(text: str) -> tuple[str, list[str]]:
    """The text with each string and comment as a mark, so that an edit meets code alone."""
    kept: list[str] = []

    def hide(found: re.Match[str]) -> str:
        kept.append(re.sub(r"^[uU](?=[rR]?['\"])", "", found[0]))
        if found[0].startswith("#"):
            return f"#{len(kept) - 1}\x02"
        return f"\x01{len(kept) - 1}\x02"

    return STRING.sub(hide, text), kept


def with_strings(hidden: str, kept: list[str]) -> str:
    return re.sub("[\x01#](\\d+)\x02", lambda found: kept[int(found[1])], hidden)


def printed(hidden: str) -> str:
    """`print x, y` as `print(x, y)`; a statement that goes over several lines too."""
    hidden = PRINT_GROUP.sub(group_marked, hidden)
    parts: list[str] = []
    while found := PRINT.search(hidden):
        end = end_of_statement(hidden, found.end())
        values = hidden[found.end() : end].rstrip()
        gap = hidden[found.end() : end][len(values) :]
        values = re.sub(r"^>>[ \t]*[\w.]+[ \t]*,?", "", values).strip().removesuffix(",")
        parts.append(f"{hidden[: found.start()]}{found[1]}{found[2]}print({values}){gap}")
        hidden = hidden[end:]
    return "".join(parts) + hidden


def group_marked(found: re.Match[str]) -> str:
    """`print (a), b` and `print (a) / b` as they were, with a sign that no call begins here."""
    text, end = found.string, end_of_statement(found.string, found.end())
    statement = text[found.end() : end].strip()
    whole = statement.endswith(")") and end_of_group(statement) == len(statement)
    return found[0] if whole else f"{found[1]}{found[2]}print \\\b"


def end_of_group(statement: str) -> int:
    """Where the bracket that the statement begins with is closed."""
    depth = 0
    for position, character in enumerate(statement):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            return position + 1
    return len(statement)


def end_of_statement(hidden: str, start: int) -> int:
    """Where the statement ends: at a line's end, a comment or `;` outside brackets."""
    depth, position = 0, start
    while position < len(hidden):
        character = hidden[position]
        depth += (character in "([{") - (character in ")]}")
        continued = character == "\n" and hidden[position - 1] == "\\"
        if character in "\n;#" and depth <= 0 and not continued:
            return position
        position += 1
    return position


MENDERS: tuple[Callable[[str], str], ...] = (
    lambda hidden: BACKTICKS.sub(r"repr(\1)", hidden),
    lambda hidden: hidden.replace("<>", "!="),
    printed,
    lambda hidden: hidden.replace("\\\b", ""),
    lambda hidden: EXCEPT.sub(r"except \1 as \2:", hidden),
    lambda hidden: RAISE.sub(r"raise \1(\2)", hidden),
    lambda hidden: OCTAL.sub(r"0o\1", hidden),
    lambda hidden: LONG.sub(r"\1", hidden),
    lambda hidden: ITERATORS.sub(r".\1()", hidden),
)
