"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig import Rig, installed


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write what the bot now says into the talks")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """An installation of its own, with the emulator started and blocks of five."""
    with installed(tmp_path, AITBAR_MIN_BLOCK="5", AITBAR_LEAVE_BEHIND="1") as one:
        yield one
