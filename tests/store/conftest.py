"""The tests of the store that ask for `database` run on SQLite, and on PostgreSQL where a server is installed."""

from __future__ import annotations

import pytest

from tests import postgres
from tests.store import sample


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The kind of database on which this test runs."""
    kind: str = request.param
    if kind == "postgresql":
        monkeypatch.setattr(sample, "address", postgres.server().url)
    return kind
