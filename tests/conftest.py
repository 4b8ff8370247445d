"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import leaks
from tests.leaks import pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown
from tests.rig import Rig, installed

__all__ = ["pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]

# No test asserts a time: a busy machine is no defect.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite",
        action="store_true",
        help="write what the bot now says into the talks, and the tables of docs/measures.md",
    )


LONGEST_FIRST = (
    "conversations",
    "faults/test_disk_trouble",
    "faults/test_processes",
    "faults",
    "demo",
    "blackbox",
    "browser",
    "test_watching",
    "store/test_migrations",
    "emulator/test_echo_bots",
    "security",
)
"""Two lanes end together when what takes longest begins first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        for place, part in enumerate(LONGEST_FIRST):
            if part in item.nodeid:
                return place
        return len(LONGEST_FIRST)

    items.sort(key=rank)


@pytest.fixture(autouse=True)
def _nothing_of_anybody_is_logged() -> Iterator[None]:
    """Fails the test whose program said a token or somebody's number."""
    with leaks.watched() as watch:
        yield
    assert watch.found == []


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """An installation of its own, with the emulator started and blocks of five."""
    with installed(tmp_path, AITBAR_MIN_BLOCK="5", AITBAR_LEAVE_BEHIND="1") as one:
        yield one
