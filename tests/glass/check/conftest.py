"""What the tests of hostile files share, and where modules beside the tests are found."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from helder.glass.check.sessions import sandbox

sys.path.append(str(Path(__file__).parent))


@pytest.fixture
def impatient(monkeypatch):
    """Less patience than a person gets, so that all these files take less time together."""
    monkeypatch.setattr(sandbox, "SOFT", 0.3)


@pytest.fixture
def victim(tmp_path):
    folder = tmp_path / "precious"
    folder.mkdir()
    file = folder / "victim.txt"
    file.write_text("as it was")
    return file


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server
