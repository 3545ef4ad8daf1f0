"""Whatever the bytes are, the answer is a table or one of our errors, never a traceback."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helder.errors import HelderError
from helder.table import (
    PLAIN,
    STRONG,
    TablePlan,
    TargetPlan,
    data_hash,
    describe_columns,
    read_groups,
    read_table,
    read_target,
    read_time,
    read_weights,
)

PIECES = [
    b"a", b"b,c", b"1", b"2.5", b"7,5", b"1.234", b"-", b"NA", b"?", b"nan", b"inf", b"1e999",
    b",", b";", b"\t", b"|", b'"', b'""', b"\n", b"\r\n", b"\r", b" ", b"\x00", b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xe9", b"\xc3\xa9", b"sep=;", b"true", b"no", b"2024-01-31", b"31/12/2024",
    b"1e308", b"-1e308", b"\x1b[31m", b"9999-99-99", b"0001-01-01", b"1 000", b"{}", b"%s",
    b"12:30", b"2024-01-31T25:61:00Z", b"\xc2\xa0", b"\xe2\x88\x92", b"99999999999999999999",
]  # fmt: skip
mangled = st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)
cells = st.sampled_from([piece for piece in PIECES if not set(piece) & set(b',;\n\r"\t|\x00\xff')])
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(cells, min_size=width, max_size=width).map(b",".join), min_size=2, max_size=40
    ).map(lambda rows: b",".join(b"c%d" % at for at in range(width)) + b"\n" + b"\n".join(rows))
)


def use_everything(path) -> None:
    """Does all that a person could do with a file."""
    table = read_table(path)
    last = table.names[-1]
    data_hash(table)
    for read in (read_target, read_weights, read_groups, read_time):
        try:
            found = read(table, last)
        except HelderError:
            continue
        if read is read_target:
            assert TargetPlan.from_dict(found.plan.to_dict()) == found.plan
            values, rows = found.plan.encode(table)
            assert (values == found.values).all()
            assert (rows == found.rows).all()
            assert len(rows) + sum(gone.count for gone in found.left_out) == table.rows
    columns = describe_columns(table, roles={last: "target"})
    for steps in (STRONG, PLAIN):
        plan = TablePlan.fit(table, columns, np.arange(0, table.rows, 2), steps)
        assert np.isfinite(plan.transform(table)).all()
        assert TablePlan.from_dict(plan.to_dict()) == plan
        used = len(plan.columns) + len(plan.left_out) + len(plan.roles)
        assert used == len(table.names)
        assert all(note.sentence for note in plan.unseen(table))
        assert "\x1b" not in str(plan)


@pytest.mark.parametrize("kind", ["mangled", "tables", "bytes"])
def test_only_our_errors_come_out(kind, tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "data.csv"
    source = {"mangled": mangled, "tables": tables, "bytes": st.binary(max_size=300)}[kind]

    @settings(max_examples=150, deadline=None)
    @given(source)
    def check(data: bytes) -> None:
        path.write_bytes(data)
        try:
            use_everything(path)
        except HelderError as error:
            text = str(error).replace("\n", "")
            assert text.isprintable(), repr(text)

    check()


def test_a_parquet_file_of_any_bytes(tmp_path):
    path = tmp_path / "data.parquet"
    for data in (b"PAR1", b"PAR1" * 100, b"\x00" * 1000, b"PAR1" + b"\xff" * 50 + b"PAR1"):
        path.write_bytes(data)
        with pytest.raises(HelderError):
            read_table(path)
