"""Writes a fitted network as one `.helder` file: numbers as safetensors, all else as one JSON text.

The file holds no time, duration, path or row of data: the same fit gives the same bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from helder.errors import HelderError
from helder.model import Fitted
from helder.store.parts import arrays_of, described_parts
from helder.store.seen import described_seen, looks_of
from helder.table.contents import shown_path
from helder.typing import Array

FORMAT = 3  # the version of the file; every later helder reads every earlier format
KEY = "helder"  # the one key of the metadata
NETWORK = ("values", "statistics")  # arrays that every file has
# All that one may have, in the order in which the digest takes them, and since which format.
ARRAYS = {"values": 1, "statistics": 1, "conformal": 2, "out_of_fold": 2, "layers": 3}
LONGEST_TEXT = 90_000_000  # bytes; safetensors reads a header of 100,000,000


def save(fitted: Fitted, path: str | os.PathLike[str]) -> None:
    """Writes a model file; one that stands there is replaced, or left whole if writing fails.

    Args:
        fitted: What to write.
        path: Where to.

    Raises:
        HelderError: The file cannot be written there, or a name in it is no text.
    """
    write_whole(path, to_bytes(fitted))


def to_bytes(fitted: Fitted) -> bytes:
    """The bytes of the file."""
    from safetensors.numpy import save as to_safetensors

    parameters, description = fitted.net.parameters, described(fitted)
    arrays = {"values": parameters.values, "statistics": parameters.statistics}  # (K, P), (K, S)
    arrays |= arrays_of(fitted)
    if (looks := looks_of(fitted.history)) is not None:
        arrays["layers"] = looks  # (epochs + 1, L, numbers)
    check_characters(description)
    text = canonical(description | {"digest": digest(canonical(description), arrays)})
    check_length(text)
    data: bytes = to_safetensors(arrays, metadata={KEY: text})
    return data


def check_characters(description: dict[str, Any]) -> None:
    """Raises HelderError where a text holds half a character, which a reader would refuse."""
    try:
        json.dumps(description, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise HelderError(
            "a name or a class holds half a character, and no file can hold that",
            got=ascii(error.object[error.start]),
            hint="rename it, and fit again",
        ) from None


def check_length(text: str) -> None:
    """Raises HelderError where the description is longer than what a reader takes."""
    # It is a string in the header, whose quotes and backslashes are escaped once more.
    length = len(text) + text.count('"') + text.count("\\")
    if length > LONGEST_TEXT:
        raise HelderError(
            "a model file cannot hold so much text",
            got=f"{length:,} bytes",
            accepted=f"at most {LONGEST_TEXT:,}",
            hint="keep fewer rows, or drop columns of long texts",
        )


def canonical(value: object) -> str:
    """The one JSON text of a value: keys sorted, no spaces, numbers that read back exactly."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def described(fitted: Fitted) -> dict[str, Any]:
    """Everything about a fitted network that is no array."""
    history = fitted.history
    return finite(
        {
            "format": FORMAT,
            "architecture": fitted.net.architecture.to_dict(),
            "dtype": fitted.net.dtype.name,
            "plan": fitted.plan.to_dict(),
            "target": fitted.target.to_dict(),
            "scale": fitted.scale,
            "scores": asdict(fitted.scores),
            "history": {
                "records": history.to_dicts(),
                "stopped": history.stopped,
                "best": history.best,
            },
            "seed": fitted.seed,
            "data_hash": fitted.data_hash,
            "versions": fitted.versions,
            "weights": fitted.weights,
            **described_parts(fitted),
            **described_seen(fitted),
        }
    )


def finite(value: Any) -> Any:
    """A value as JSON can hold it: arrays as lists, and None for NaN and infinity."""
    if isinstance(value, dict):
        return {name: finite(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [finite(entry) for entry in value]
    if isinstance(value, np.generic):
        return finite(value.item())
    return None if isinstance(value, float) and not np.isfinite(value) else value


def digest(description: str, arrays: Mapping[str, Array]) -> str:
    """The SHA-256 of the description and the arrays, by which an altered file is known."""
    whole = hashlib.sha256(description.encode())
    for name in ARRAYS:
        if name in arrays:
            whole.update(arrays[name].tobytes())
    return whole.hexdigest()


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Writes a file under another name beside its place, then renames it.

    Raises:
        HelderError: The file cannot be written there; one that stood there is untouched.
    """
    temporary = None
    try:
        target = Path(path).resolve()  # a link stays a link: what it leads to is replaced
        if target.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        if target.exists() and not target.is_file():
            raise OSError(22, "it is a device or a pipe, which cannot be replaced")
        # Named before it is made: whenever Ctrl-C comes, we know what to take away.
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except (OSError, ValueError, RuntimeError) as error:
        raise HelderError(
            f"the file cannot be written ({getattr(error, 'strerror', None) or error})",
            hint="choose another place",
            where=shown_path(str(path)),
        ) from None
    finally:
        if temporary is not None:  # renamed by now, unless something came in between
            with contextlib.suppress(OSError):
                os.unlink(temporary)
