"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

CHAT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _within_a_wave(column: str) -> tuple[str, ...]:
    """PostgreSQL knows what is unique in one partition, a wave's, only."""
    return (column, "wave") if op.get_bind().dialect.name == "postgresql" else (column,)


def upgrade() -> None:

    op.create_table(
        "audit",
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("moment", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_audit")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "block",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("burst", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "no", name=op.f("pk_block")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "block_count",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "no", "question", "code", name=op.f("pk_block_count")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cell",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("cell", sa.String(), nullable=False),
        sa.Column("burst", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "cell", name=op.f("pk_cell")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claim_code",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_claim_code")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "coordinator",
        sa.Column("chat", CHAT, autoincrement=False, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_coordinator")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "definition",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_definition")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "digest",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("chat", CHAT, nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("claimed", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "chat", "period", name=op.f("pk_digest")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("tag", sa.LargeBinary(length=16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "tag", name=op.f("pk_ledger")),
        sqlite_with_rowid=False,
        postgresql_partition_by="LIST (wave)",
    )
    op.create_table(
        "mark",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mark")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pool",
        sa.Column("rid", sa.LargeBinary(length=16), nullable=False),
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("cell", sa.String(), nullable=False),
        sa.Column("dwell", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("rhash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint(*_within_a_wave("rid"), name=op.f("pk_pool")),
        sa.UniqueConstraint(*_within_a_wave("rhash"), name=op.f("uq_pool_rhash")),
        sqlite_with_rowid=False,
        postgresql_partition_by="LIST (wave)",
    )
    op.create_table(
        "response",
        sa.Column("rid", sa.LargeBinary(length=16), nullable=False),
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("rhash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("rid", name=op.f("pk_response")),
        sa.UniqueConstraint("rhash", name=op.f("uq_response_rhash")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "session",
        sa.Column("loc", sa.LargeBinary(length=16), nullable=False),
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("expiry_day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("loc", name=op.f("pk_session")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "subscription",
        sa.Column("chat", CHAT, nullable=False),
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("cadence", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "wave", name=op.f("pk_subscription")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "wave",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("definition", sa.String(length=64), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("leave_behind", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("minors", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("leftovers", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened", sa.String(), nullable=False),
        sa.Column("starts_from", sa.String(), nullable=True),
        sa.Column("starts_until", sa.String(), nullable=True),
        sa.Column("next_release", sa.String(), nullable=False),
        sa.Column("releases", sa.Integer(), nullable=False),
        sa.Column("ticks_left", sa.Integer(), nullable=True),
        sa.Column("finished_shown", sa.Integer(), nullable=False),
        sa.Column("alone", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["definition"], ["definition.hash"], name=op.f("fk_wave_definition_definition")),
        sa.PrimaryKeyConstraint("wave", name=op.f("pk_wave")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:

    op.drop_table("wave")
    op.drop_table("subscription")
    op.drop_table("session")
    op.drop_table("response")
    op.drop_table("pool")
    op.drop_table("mark")
    op.drop_table("ledger")
    op.drop_table("digest")
    op.drop_table("definition")
    op.drop_table("coordinator")
    op.drop_table("claim_code")
    op.drop_table("cell")
    op.drop_table("block_count")
    op.drop_table("block")
    op.drop_table("audit")
