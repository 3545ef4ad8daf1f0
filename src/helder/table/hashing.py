"""A fingerprint of the values in a table, whatever file they came in."""

from __future__ import annotations

import hashlib

from helder.table.contents import Table
from helder.table.typed import as_text

PIECE = 1 << 16  # cells that are Python strings at a time


def data_hash(table: Table) -> str:
    """SHA-256, as hexadecimal text, over the names and the cells in their order.

    The same cells give the same text whatever the file's name, separator, quotes or encoding.
    Columns that came as numbers count as the bytes of these.
    """
    import polars as pl

    digest = hashlib.sha256()
    digest.update(f"{len(table.names)} {table.rows}\n".encode())
    for name in table.names:
        cells = table.cells[name]
        encoded = name.encode("utf-8", errors="surrogatepass")
        if cells.dtype == pl.Float64:
            digest.update(b"numbers" + len(encoded).to_bytes(8, "little") + encoded)
            digest.update(cells.to_numpy().astype("<f8").tobytes())
            continue
        cells = as_text(cells)
        # Lengths keep cells apart, so that "ab","c" and "a","bc" differ; -1 is an empty cell.
        lengths = cells.str.len_bytes().cast(int).fill_null(-1).to_numpy()
        digest.update(len(encoded).to_bytes(8, "little") + encoded)
        digest.update(lengths.astype("<i8").tobytes())
        filled = cells.drop_nulls()
        for start in range(0, len(filled), PIECE):
            digest.update("".join(filled.slice(start, PIECE).to_list()).encode())
    return digest.hexdigest()
