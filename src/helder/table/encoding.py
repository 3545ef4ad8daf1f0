"""Reads a file's bytes and makes UTF-8 of them, refusing what is no text."""

from __future__ import annotations

import codecs
import re
import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helder.errors import DataError, did_you_mean, nearest, place, shown
from helder.table.contents import shown_path
from helder.table.notes import Note, note

LARGEST_FILE = 4 << 30
PIECE = 1 << 20
MOST_CHARACTERS = 10  # of those that a note about the encoding names
MAGIC = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "an image",
    b"PAR1": "a Parquet file: give it the extension .parquet",
}
NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True)
class Text:
    """The file as UTF-8 without byte-order mark, and how it was written."""

    data: bytes
    encoding: str
    byte_order_mark: bool
    notes: tuple[Note, ...]


def check_file(path: Path) -> None:
    """Raises DataError unless the path is a file that is there, holds something and fits."""
    where = shown_path(str(path))
    try:
        mode, size = path.stat().st_mode, path.stat().st_size
    except FileNotFoundError:
        if path.is_symlink():
            link = str(path.readlink())
            raise DataError("this link leads to no file", got=link, where=where) from None
        raise DataError("there is no such file", hint=missing_hint(path), where=where) from None
    except (OSError, ValueError) as problem:
        raise DataError("this file cannot be opened", got=str(problem), where=where) from None
    if stat.S_ISDIR(mode):
        raise DataError("this is a folder, not a file", where=where)
    if not stat.S_ISREG(mode):
        raise DataError("this is not a regular file", where=where)
    if size == 0:
        raise DataError("this file is empty", where=where)
    if size > LARGEST_FILE:
        raise DataError(
            "this file is too large to read at once",
            got=f"{size / 2**30:.1f} GiB",
            accepted=f"at most {LARGEST_FILE >> 30} GiB",
            hint="take a sample of its rows",
            where=where,
        )


def missing_hint(path: Path) -> str | None:
    """A hint with the name in the same folder that looks most like this one."""
    try:
        names = [other.name for other in path.parent.iterdir()]
    except OSError:
        return f"the folder {shown(path.parent.name)} cannot be read or is not there either"
    near = nearest(path.name, names)
    return did_you_mean(near)


def read_text(path: Path) -> Text:
    """The text of a file in UTF-8, with or without byte-order mark, or else Windows-1252.

    Raises:
        DataError: The file cannot be read, is UTF-16, or is no text at all.
    """
    where = shown_path(str(path))
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise DataError("this file cannot be read", got=str(problem), where=where) from None
    refuse_binary(data, where)
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        if is_utf8(data):
            return Text(data, "utf-8", True, (note("byte_order_mark"),))
    if is_utf8(data):
        return Text(data, "utf-8", False, ())
    return from_windows(data, where)


def refuse_binary(data: bytes, where: str) -> None:
    """Raises DataError for UTF-16, for known binary formats and for bytes that no text holds."""
    head = data[:PIECE]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or is_wide(head):
        raise DataError(
            "this file is UTF-16 text",
            accepted="UTF-8 or Windows-1252",
            hint="save it as UTF-8 (in Excel: CSV UTF-8)",
            where=where,
        )
    for start, what in MAGIC.items():
        if head.startswith(start):
            raise DataError(
                "this file is binary, not text",
                got=what,
                accepted="CSV text, or Parquet",
                where=where,
            )
    nul = data.find(0)
    if nul >= 0 or len(NOT_TEXT.findall(head)) > len(head) // 10:
        line = data.count(b"\n", 0, max(nul, 0)) + 1
        raise DataError(
            "this file is binary, not text",
            accepted="CSV text, or Parquet",
            where=place(where, line) if nul >= 0 else where,
        )


def is_wide(head: bytes) -> bool:
    """Whether nearly every second byte is zero, as in UTF-16 without a byte-order mark."""
    zeros = np.frombuffer(head[: len(head) // 2 * 2], dtype=np.uint8).reshape(-1, 2) == 0
    if len(zeros) == 0:
        return False
    share = zeros.mean(axis=0)
    return bool(share.max() > 0.4 and share.min() < 0.1)


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8, looked at in pieces so that no copy of the file is made."""
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), PIECE):
            decoder.decode(data[start : start + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def from_windows(data: bytes, where: str) -> Text:
    """The text of a Windows-1252 file, with a note that names characters it affects.

    Raises:
        DataError: It holds bytes that Windows-1252 does not have, or control characters.
    """
    odd = NOT_TEXT.search(data)
    try:
        if odd is not None:
            raise UnicodeDecodeError("cp1252", data, odd.start(), odd.end(), "a control character")
        text = data.decode("cp1252")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise DataError(
            "this file is neither UTF-8 nor Windows-1252 text; it may be binary",
            got=data[problem.start : problem.start + 1],
            hint="save it as UTF-8",
            where=place(where, line),
        ) from None
    used = np.flatnonzero(np.bincount(np.frombuffer(data, dtype=np.uint8), minlength=256)[128:])
    characters = bytes((used + 128).astype(np.uint8)).decode("cp1252")
    named = " ".join(characters[:MOST_CHARACTERS])
    said = note("windows_1252", characters=shown(named))
    return Text(text.encode("utf-8"), "cp1252", False, (said,))
