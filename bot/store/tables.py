"""What is kept, table by table.

Laws of the tables that hold answers (ledger, session, pool, response, block, cell, block_count):
1. WITHOUT ROWID: an ordinary SQLite table remembers the order of arrival in its hidden row number.
2. No time and no counter; `expiry_day`, a whole day on a row nobody can tie to a person, is the only date.
3. Nothing joins them: no value of ledger or session stands in pool or response, but for the wave's name.
The tables of coordinators, who are known on purpose, may hold chat ids and moments.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *columns: Column[object] | PrimaryKeyConstraint | UniqueConstraint) -> Table:
    return Table(name, METADATA, *columns, sqlite_with_rowid=False)


ledger = _table(
    "ledger",
    Column("wave", String, nullable=False),
    Column("tag", LargeBinary(16), nullable=False),
    Column("done", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "tag"),
)

session = _table(
    "session",
    Column("loc", LargeBinary(16), primary_key=True),
    Column("wave", String, nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("expiry_day", String(10), nullable=False),
)

pool = _table(
    "pool",
    Column("rid", LargeBinary(16), primary_key=True),
    Column("wave", String, nullable=False),
    Column("cell", String, nullable=False),
    Column("dwell", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("rhash", LargeBinary(32), nullable=False),
    UniqueConstraint("rhash"),
)

response = _table(
    "response",
    Column("rid", LargeBinary(16), primary_key=True),
    Column("wave", String, nullable=False),
    Column("block", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("rhash", LargeBinary(32), nullable=False),
    UniqueConstraint("rhash"),
)

block = _table(
    "block",
    Column("wave", String, nullable=False),
    Column("no", Integer, nullable=False),
    Column("node", String, nullable=False),
    Column("n", Integer, nullable=False),
    Column("burst", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "no"),
)

cell = _table(
    "cell",
    Column("wave", String, nullable=False),
    Column("cell", String, nullable=False),
    Column("burst", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "cell"),
)

block_count = _table(
    "block_count",
    Column("wave", String, nullable=False),
    Column("no", Integer, nullable=False),
    Column("question", String, nullable=False),
    Column("code", String, nullable=False),
    Column("n", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "no", "question", "code"),
)

CORE = (ledger, session, pool, response, block, cell, block_count)
"""The tables that hold answers, or who took part."""

definition = _table(
    "definition",
    Column("hash", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)

wave = _table(
    "wave",
    Column("wave", String, primary_key=True),
    Column("definition", String(64), ForeignKey("definition.hash"), nullable=False),
    Column("survey", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("programme", String, nullable=False),
    Column("population", Integer),
    Column("k", Integer, nullable=False),
    Column("leave_behind", Integer, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("minors", Integer, nullable=False),
    Column("schedule", String, nullable=False),  # weekly or daily
    Column("leftovers", String, nullable=False),  # show or wait
    Column("state", String, nullable=False),  # open, closing, closed
    Column("opened", String, nullable=False),
    Column("starts_from", String),
    Column("starts_until", String),
    Column("next_release", String, nullable=False),
    Column("releases", Integer, nullable=False),
    Column("ticks_left", Integer),  # daily ticks until the last release, once closing
    Column("finished_shown", Integer, nullable=False),  # people who ever finished, rounded down (R1)
    Column("alone", Integer, nullable=False),  # opened by one person without a second
)

coordinator = _table(
    "coordinator",
    Column("chat", Integer, primary_key=True),
    Column("role", String, nullable=False),
    Column("language", String, nullable=False),
    Column("since", String, nullable=False),
)

subscription = _table(
    "subscription",
    Column("chat", Integer, nullable=False),
    Column("wave", String, nullable=False),
    Column("cadence", String, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("since", String, nullable=False),
    PrimaryKeyConstraint("chat", "wave"),
)

claim_code = _table(
    "claim_code",
    Column("hash", String(64), primary_key=True),
    Column("until", String, nullable=False),
    Column("tries_left", Integer, nullable=False),
)

digest = _table(
    "digest",
    Column("wave", String, nullable=False),
    Column("chat", Integer, nullable=False),
    Column("period", String, nullable=False),
    Column("state", String, nullable=False),  # claimed, sent, gave_up
    Column("claimed", String, nullable=False),
    Column("tries", Integer, nullable=False),
    PrimaryKeyConstraint("wave", "chat", "period"),
)

audit = _table(
    "audit",
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("moment", String, nullable=False),
    Column("who", String, nullable=False),
    Column("act", String, nullable=False),
    Column("what", String, nullable=False),
    Column("chain", String(64), nullable=False),
)

mark = _table(
    "mark",
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""Small facts of the installation: last tick, last daily tick, not-before time, last scrub, heartbeat."""
