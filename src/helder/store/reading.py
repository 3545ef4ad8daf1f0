"""Reads a model file without trusting it: sizes are bounded first, and nothing in it is run."""

from __future__ import annotations

import json
import os
import stat
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from helder.core import Activation, Architecture, Loss, Parameters
from helder.core.activations import ACTIVATIONS
from helder.core.losses import LOSSES
from helder.core.parameters import kept, trained
from helder.engine import Purpose, stream
from helder.errors import HelderError, ModelFileError
from helder.learn import MultilayerPerceptron
from helder.learn.history import Epoch, History
from helder.model import Fitted, Judgement, Score, Scores
from helder.model.scores import Lead, metric_named
from helder.store.parts import read_parts, read_scale
from helder.store.seen import BEFORE, read_seen, with_looks
from helder.store.writing import ARRAYS, FORMAT, KEY, NETWORK, canonical, digest
from helder.table import TablePlan, TargetPlan
from helder.table.contents import shown_path
from helder.typing import Array

LARGEST_HEADER = 100_000_000  # bytes: what safetensors itself allows
LARGEST_FILE = 8 << 30
LONGEST_START = 4096  # bytes of a foreign file that are looked at

Formula = Activation | Loss


def load(path: str | os.PathLike[str], *, formulas: Mapping[str, Formula] | None = None) -> Fitted:
    """The fitted network of a model file.

    Args:
        path: The file.
        formulas: Activations and losses of your own that the network uses, by name; the file
            stores only their names.

    Raises:
        ModelFileError: The file is missing, foreign, damaged, made by a later version, or uses a
            formula that was not given.
    """
    where = shown_path(str(path))
    metadata, arrays = read_file(Path(path), where)
    check_digest(metadata, arrays, where)
    with fitting_together(where):
        return rebuilt(metadata, arrays, dict(formulas or {}), where)


@contextmanager
def fitting_together(where: str) -> Iterator[None]:
    """Whatever goes wrong inside is a description that does not fit together: ModelFileError."""
    try:
        yield
    except ModelFileError:
        raise
    except (
        HelderError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
    ) as error:
        raise damaged(
            where, f"its description does not fit together ({type(error).__name__})"
        ) from None


def damaged(where: str, how: str) -> ModelFileError:
    """The error for a file that is a model, but not a whole one."""
    return ModelFileError(
        f"this model file is damaged: {how}", hint="train again, or take a copy", where=where
    )


def read_file(path: Path, where: str) -> tuple[dict[str, Any], dict[str, Array]]:
    """The description and the arrays, each checked against the size of the file."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_safetensors

    data = read_bytes(path, where)
    header = read_header(data, where)
    metadata = read_metadata(header, where)
    try:
        arrays = from_safetensors(data)
    except (SafetensorError, KeyError, TypeError, ValueError):
        raise damaged(where, "its arrays cannot be read") from None
    known = {name for name, since in ARRAYS.items() if since <= metadata["format"]}
    if not set(NETWORK) <= set(arrays) <= known:
        raise damaged(where, "it does not hold the arrays of a network")
    return metadata, arrays


def read_bytes(path: Path, where: str) -> bytes:
    """All bytes of the file, if there are not too many."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise ModelFileError("this is not a regular file", where=where)
        if status.st_size > LARGEST_FILE:
            raise ModelFileError("this file is too large for a model", where=where)
        with path.open("rb") as file:
            # A foreign file is known by its first bytes, before the rest of it is read.
            start = file.read(8)
            length = int.from_bytes(start, "little")
            header = file.read(min(length, LARGEST_HEADER))
            if length > LARGEST_HEADER or b'"helder"' not in header:
                return start + header[:LONGEST_START]
            return start + header + file.read()
    except (OSError, MemoryError) as error:
        why = error.strerror if isinstance(error, OSError) else "there is not enough memory for it"
        raise ModelFileError(
            f"this model file cannot be read ({why})",
            hint='"helder train FILE --target COLUMN" makes one',
            where=where,
        ) from None


def read_header(data: bytes, where: str) -> dict[str, Any]:
    """The header of a safetensors file: its length in 8 bytes, then a JSON object."""
    foreign = ModelFileError(
        "this is no helder model file", accepted="a file that helder train wrote", where=where
    )
    if len(data) < 8:
        raise foreign
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(LARGEST_HEADER, len(data) - 8):
        raise damaged(where, "it is cut off") if b'"helder"' in data[:LONGEST_START] else foreign
    try:
        header = json.loads(data[8 : 8 + length])
    except (ValueError, RecursionError):
        raise foreign from None
    described = header.get("__metadata__") if isinstance(header, dict) else None
    if not isinstance(described, dict) or KEY not in described:
        raise foreign
    return header


def read_metadata(header: dict[str, Any], where: str) -> dict[str, Any]:
    """The description, of a format that this version knows."""
    try:
        text = header["__metadata__"][KEY]
        metadata = json.loads(text)
        number = metadata["format"]
        as_written = canonical(metadata)  # refuses NaN and infinity too
        json.dumps(metadata, ensure_ascii=False).encode()  # refuses half characters
    except (ValueError, KeyError, TypeError, RecursionError):
        raise damaged(where, "its description cannot be read") from None
    if as_written != text:
        raise damaged(where, "its description is not as it was written")
    if type(number) is not int or number < 1:
        raise damaged(where, "its format has no number")
    if number > FORMAT:
        raise ModelFileError(
            "this model file was made by a later version of helder",
            got=f"format {number}",
            accepted=f"format 1 to {FORMAT}",
            hint="install a newer helder",
            where=where,
        )
    return dict(metadata)


def check_digest(metadata: dict[str, Any], arrays: Mapping[str, Array], where: str) -> None:
    """Every byte that matters is as it was written."""
    claimed = metadata.pop("digest", None)
    if claimed != digest(canonical(metadata), arrays):
        raise damaged(where, "it is not as it was written")


def rebuilt(
    metadata: dict[str, Any],
    arrays: Mapping[str, Array],
    formulas: dict[str, Formula],
    where: str,
) -> Fitted:
    """The fitted network; every size comes from the architecture, not from the arrays."""
    if metadata["format"] < 3:
        metadata = {**metadata, **BEFORE}
    check_formulas(metadata["architecture"], formulas, where)
    architecture = Architecture.from_dict(metadata["architecture"], formulas)
    plan, target = TablePlan.from_dict(metadata["plan"]), TargetPlan.from_dict(metadata["target"])
    parts = read_parts(metadata, arrays, plan, target) | read_seen(metadata)
    outputs = len(parts["outputs"]) or len(target.classes or (target.name,))
    check_fit(architecture, plan, target, outputs, where)
    net = network(architecture, metadata, arrays["values"], arrays["statistics"], where)
    scale, scores = read_scale(metadata["scale"]), read_scores(metadata["scores"])
    history = read_history(metadata["history"])
    if parts["estimated"] is None or scores.test.confusion is not None:
        check_confusion(scores, target, where)
    metric_named(scores.test.score.metric, target.task)
    if (scale is None) != (target.classes is not None):
        raise damaged(where, "the scale of its target does not fit the task")
    stream(metadata["seed"], 0, Purpose.RESAMPLE)  # an error where it is no seed
    return Fitted(
        plan=plan,
        target=target,
        net=net,
        scale=scale,
        scores=scores,
        history=with_looks(history, metadata["layers"], arrays.get("layers")),
        seed=metadata["seed"],
        data_hash=str(metadata["data_hash"]),
        versions={str(name): str(number) for name, number in metadata["versions"].items()},
        weights=None if metadata.get("weights") is None else str(metadata["weights"]),
        **parts,
    )


def check_formulas(described: dict[str, Any], given: Mapping[str, Formula], where: str) -> None:
    """A formula that is not in the book has to be given."""
    used = [layer["activation"] for layer in described["hidden"]]
    missing = [name for name in used if name not in ACTIVATIONS and name not in given]
    loss = described["loss"]["name"]
    missing += [loss] if loss not in LOSSES and loss not in given else []
    if missing:
        raise ModelFileError(
            "the network uses a formula of your own, and a model file stores only its name",
            got=missing[0],
            hint=f"load(path, formulas={{{missing[0]!r}: ...}})",
            where=where,
        )


def check_fit(
    architecture: Architecture, plan: TablePlan, target: TargetPlan, outputs: int, where: str
) -> None:
    """Network, inputs and classes belong together."""
    if architecture.inputs != plan.inputs or architecture.outputs != outputs:
        raise damaged(where, "its network does not fit its columns or classes")
    if (architecture.loss.link_name in ("softmax", "sigmoid")) != (target.classes is not None):
        raise damaged(where, "its outputs do not fit its task")


def check_confusion(scores: Scores, target: TargetPlan, where: str) -> None:
    """The confusion is that of the classes."""
    shape = None if target.classes is None else (len(target.classes),) * 2
    counts = scores.test.confusion
    if (None if counts is None else counts.shape) != shape:
        raise damaged(where, "its confusion table does not fit its classes")


def network(
    architecture: Architecture,
    metadata: dict[str, Any],
    values: Array,
    statistics: Array,
    where: str,
) -> MultilayerPerceptron:
    """The network with the file's numbers, whose shapes have to be the architecture's."""
    layers, dtype = architecture.layers, np.dtype(metadata["dtype"])
    K = values.shape[0] if values.ndim == 2 else 0  # networks
    shapes = (max(K, 1), trained(layers).size), (max(K, 1), kept(layers).size)
    if (values.shape, statistics.shape) != shapes or {values.dtype, statistics.dtype} != {dtype}:
        raise damaged(where, "its arrays are not those of its architecture")
    if not (np.isfinite(values).all() and np.isfinite(statistics).all()):
        raise damaged(where, "a weight is no finite number")
    parameters = Parameters(layers, values.copy(), statistics.copy())
    return MultilayerPerceptron(
        architecture, seed=metadata["seed"], dtype=dtype, parameters=parameters
    )


def read_scores(described: dict[str, Any]) -> Scores:
    """The scores."""
    cv = described.get("cv")  # the first files had none
    return Scores(
        test=read_judgement(described["test"]),
        guess=number(described["guess"]),
        linear=None if described["linear"] is None else number(described["linear"]),
        rows={str(name): int(count) for name, count in described["rows"].items()},
        cv=None if cv is None else read_judgement(cv),
        leads={
            str(name): Lead(*map(number, two)) for name, two in described.get("leads", {}).items()
        },
    )


def read_judgement(described: dict[str, Any]) -> Judgement:
    """The scores on some rows; a number that JSON did not know is a NaN again."""
    score, counts = described["score"], described["confusion"]
    numbers = {name: number(score[name]) for name in ("value", "low", "high")}
    return Judgement(
        score=Score(str(score["metric"]), **numbers),
        beside={str(name): number(value) for name, value in described["beside"].items()},
        confusion=None if counts is None else np.array(counts, np.int64),
        rows=int(described["rows"]),
    )


def read_history(described: dict[str, Any]) -> History:
    """The history of the training."""
    records = [
        Epoch(
            epoch=int(record["epoch"]),
            loss=number(record["loss"]),
            val_loss=None if record["val_loss"] is None else number(record["val_loss"]),
            learning_rate=number(record["learning_rate"]),
        )
        for record in described["records"]
    ]
    return History(records, str(described["stopped"]), int(described["best"]))


def number(value: float | None) -> float:
    """A number, with NaN where JSON had none for it."""
    return float("nan") if value is None else float(value)
