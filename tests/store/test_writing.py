"""A file is written whole or not at all, and what stood there stays until then."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helder import store
from helder.errors import HelderError


def refused(fitted, path: Path, *parts: str) -> None:
    with pytest.raises(HelderError) as caught:
        store.save(fitted, path)
    text = str(caught.value)
    for part in (str(path), "cannot be written", *parts):
        assert part in text, text
    assert len(text.splitlines()) <= 2


def test_a_file_that_stands_there_is_replaced(fitted, data, tmp_path):
    path = tmp_path / "a.helder"
    path.write_bytes(b"old")
    store.save(fitted, path)
    assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_and_a_missing_folder(fitted, tmp_path):
    refused(fitted, tmp_path, "folder")
    refused(fitted, tmp_path / "nowhere" / "a.helder")
    (tmp_path / "file").write_bytes(b"old")
    refused(fitted, tmp_path / "file" / "a.helder")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder that nobody may write to")
def test_a_read_only_place(fitted):
    refused(fitted, Path("/proc/a.helder"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(fitted, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    (folder / "a.helder").write_bytes(b"old")
    folder.chmod(0o500)
    refused(fitted, folder / "a.helder", "Permission denied")
    folder.chmod(0o700)
    assert (folder / "a.helder").read_bytes() == b"old"


def test_a_disk_that_is_full_leaves_the_old_file_whole(tmp_path, data):
    (tmp_path / "a.helder").write_bytes(b"old")
    code = f"""
import resource, sys
from helder.errors import HelderError
from helder.store import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, ({len(data) // 2}, {len(data) // 2}))
try:
    write_whole("a.helder", bytes({len(data)}))
except HelderError as error:
    sys.exit(str(error))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("a.helder: the file cannot be written (File too large)")
    assert (tmp_path / "a.helder").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.helder"]


def test_a_pipe_is_not_replaced_by_a_file(fitted, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    refused(fitted, tmp_path / "pipe", "pipe")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_link_stays_a_link(fitted, data, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.helder").write_bytes(b"old")
    link = tmp_path / "link.helder"
    link.symlink_to(tmp_path / "deep" / "a.helder")
    store.save(fitted, link)
    assert link.is_symlink()
    assert (tmp_path / "deep" / "a.helder").read_bytes() == data


def test_a_new_file_has_the_rights_that_new_files_have(fitted, tmp_path):
    before = os.umask(0o027)
    try:
        store.save(fitted, tmp_path / "a.helder")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.helder").stat().st_mode) == 0o640


WRITER = """
import sys
from helder.store import write_whole
first, second = bytes([1]) * 3_000_000, bytes([2]) * 3_000_000
print("ready", flush=True)
while True:
    write_whole("a.helder", first)
    write_whole("a.helder", second)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_at_any_moment_it_leaves_one_whole_file(tmp_path, how):
    path = tmp_path / "a.helder"
    moments = random.Random(0)
    for _ in range(4):
        path.write_bytes(bytes([1]) * 3_000_000)
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with child:
            assert child.stdout.readline() == b"ready\n"
            time.sleep(moments.uniform(0, 0.1))
            child.send_signal(how)
        assert child.returncode != 0
        found = path.read_bytes()
        assert len(found) == 3_000_000
        assert set(found[:: len(found) - 1]) in ({1}, {2})
        assert len(set(found)) == 1
    if how == signal.SIGINT:
        assert list(tmp_path.iterdir()) == [path]
