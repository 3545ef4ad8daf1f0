"""What a model file has had since format 3: how training went inside, and what was made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np

from helder.engine import Optimizer
from helder.learn import Settings
from helder.learn.history import History
from helder.learn.looking import LayerLook, Look
from helder.learn.optimizers import LBFGS, OPTIMIZERS
from helder.model import Fitted
from helder.model.finding import Finding
from helder.model.kept import KeptRows
from helder.model.verdict import CANNOT_TELL, NOTHING, SIGNAL, Verdict
from helder.store.parts import check_depth
from helder.table import strict
from helder.typing import Array, Floats

LEVELS = ("problem", "note")
SENTENCES = ("rule", "saw", "why", "try_first", "sure")
APART = ("seed", "look_inside")  # of the settings: every draw's seed stands elsewhere
SETTINGS = tuple(field.name for field in fields(Settings) if field.name not in APART)
SIGNALS = (SIGNAL, NOTHING, CANNOT_TELL)

# What a file of an earlier format would say, had it known these parts.
BEFORE: Mapping[str, Any] = {
    "settings": None,
    "layers": None,
    "findings": None,
    "verdict": None,
    "kept": None,
}


def described_seen(fitted: Fitted) -> dict[str, Any]:
    """The parts as plain values; the shapes of arrays stand here, and so under the digest."""
    looks = looks_of(fitted.history)
    verdict, kept = fitted.verdict, fitted.kept
    return {
        "settings": described_settings(fitted.settings),
        "layers": None if looks is None else {"shape": looks.shape, "numbers": LayerLook._fields},
        "findings": None if fitted.findings is None else [*map(described, fitted.findings)],
        "verdict": None if verdict is None else described(verdict),
        "kept": None if kept is None else described(kept),
    }


def described(thing: Finding | Verdict | KeptRows) -> dict[str, Any]:
    """Its fields; what they hold is plain already, but for the kind of a mapping."""
    found = {field.name: getattr(thing, field.name) for field in fields(thing)}
    return {
        name: dict(value) if isinstance(value, Mapping) else value for name, value in found.items()
    }


def described_settings(settings: Settings | None) -> dict[str, Any] | None:
    """The settings; None where they hold an optimizer or a schedule that has no name."""
    if settings is None or not isinstance(settings.schedule, str):
        return None
    optimizer: Any = settings.optimizer
    if isinstance(optimizer, str):
        described = {"name": optimizer}
    elif type(optimizer) in OPTIMIZERS.values():
        described = {"name": optimizer.name, **asdict(optimizer)}
    else:
        return None
    return {name: getattr(settings, name) for name in SETTINGS} | {"optimizer": described}


def looks_of(history: History) -> Floats | None:
    """Every look into the layers, (epochs + 1, L, numbers), the one before training first.

    An epoch after which nobody looked is NaN throughout; None where nobody ever looked.
    """
    looks = [history.initial, *(record.layers for record in history.records)]
    count = max(map(len, looks))
    if not count:
        return None
    nothing = ((np.nan,) * len(LayerLook._fields),) * count
    return np.array([look or nothing for look in looks], np.float64)  # (E + 1, L, 8)


def read_seen(described: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `Fitted` that these parts are, but for the layers.

    Raises:
        HelderError, LookupError, TypeError or ValueError: They are no such parts, or do not fit
            each other.
    """
    settings, findings = described["settings"], described["findings"]
    verdict, kept = described["verdict"], described["kept"]
    return {
        "settings": None if settings is None else read_settings(settings),
        "findings": None if findings is None else tuple(map(read_finding, strict.items(findings))),
        "verdict": None if verdict is None else read_verdict(verdict),
        "kept": None if kept is None else read_kept(kept),
    }


def read_settings(value: object) -> Settings:
    """The settings of the training; what they cannot be, they say themselves."""
    found = dict(strict.record(value, SETTINGS))
    schedule = strict.text(found.pop("schedule"))
    optimizer = read_optimizer(found.pop("optimizer"))
    return Settings(optimizer=optimizer, schedule=schedule, **found)  # type: ignore[arg-type]


def read_optimizer(value: object) -> str | Optimizer:
    """An optimizer of the book with its numbers, or a name alone."""
    found = dict(read_plain(value))
    name = strict.text(found.pop("name"))
    if not found and name in (*OPTIMIZERS, LBFGS):
        return name
    numbers = {key: strict.number(number) for key, number in found.items()}
    return OPTIMIZERS[name](**numbers)


def read_finding(value: object) -> Finding:
    """Something that the doctor saw."""
    found = strict.record(value, tuple(field.name for field in fields(Finding)))
    level, where = strict.mark(found["level"], LEVELS), found["where"]
    if level is None:
        raise strict.refuse("a finding is a problem or a note")
    return Finding(
        level=level,  # type: ignore[arg-type] # it is one of LEVELS
        where=None if where is None else strict.text(where),
        fix=read_fix(found["fix"]),
        **{name: strict.text(found[name]) for name in SENTENCES},
    )


def read_fix(value: object) -> dict[str, Any]:
    """What to choose instead: names with numbers, texts, truths, or several of them."""
    found = read_plain(value)
    return {name: tuple(one) if isinstance(one, list) else one for name, one in found.items()}


def read_plain(value: object) -> dict[str, Any]:
    """A record of whatever JSON can hold, that does not lie too deep."""
    if not isinstance(value, dict):
        raise strict.refuse("a record is missing", type(value).__name__)
    check_depth(value)
    return value


def read_verdict(value: object) -> Verdict:
    """Whether there is anything to learn, and what would help."""
    found = strict.record(value, tuple(field.name for field in fields(Verdict)))
    signal, p = strict.mark(found["signal"], SIGNALS), found["p_value"]
    if signal is None:
        raise strict.refuse("a verdict is one of three")
    advice = read_plain(found["advice"])
    for one in advice.values():
        strict.text(read_plain(one)["sentence"])
    return Verdict(
        signal=signal,
        sentence=strict.text(found["sentence"]),
        p_value=float("nan") if p is None else strict.number(p),
        evidence=read_plain(found["evidence"]),
        advice=advice,
    )


def read_kept(value: object) -> KeptRows:
    """The rows that are kept as they were written."""
    found = strict.record(value, tuple(field.name for field in fields(KeptRows)))
    columns = strict.texts(found["columns"])
    numbers = tuple(strict.count(number) for number in strict.items(found["numbers"]))
    if list(numbers) != sorted({*numbers} - {0}):
        raise strict.refuse("the numbers of rows are not in order")
    rows = [strict.items(row) for row in strict.items(found["cells"])]
    if len(rows) != len(numbers) or any(len(row) != len(columns) for row in rows):
        raise strict.refuse("rows do not have as many cells as there are columns")
    cells = tuple(
        tuple(None if cell is None else strict.text(cell) for cell in row) for row in rows
    )
    return KeptRows(columns, numbers, cells)


def with_looks(history: History, value: object, looks: Array | None) -> History:
    """The history with a look into the layers before training and after each epoch."""
    if (value is None) != (looks is None):
        raise strict.refuse("looks into the layers are there by half")
    if looks is None:
        return history
    found = strict.record(value, ("shape", "numbers"))
    shape = tuple(map(strict.count, strict.items(found["shape"], 3)))
    if strict.texts(found["numbers"]) != LayerLook._fields:
        raise strict.refuse("other numbers of a layer are missing")
    if looks.shape != shape or looks.dtype != np.float64:
        raise strict.refuse("an array has another shape or type than it should", looks.shape)
    if len(shape) != 3 or (shape[0], shape[2]) != (len(history) + 1, len(LayerLook._fields)):
        raise strict.refuse("there is no look for each epoch", looks.shape)
    first, *after = map(read_look, looks)
    records = [
        replace(record, layers=layers)
        for record, layers in zip(history.records, after, strict=True)
    ]
    return replace(history, records=records, initial=first)


def read_look(look: Array) -> Look:
    """The layers of one look; none where nobody looked."""
    if np.isnan(look).all():
        return ()
    return tuple(LayerLook(*map(float, layer)) for layer in look)
