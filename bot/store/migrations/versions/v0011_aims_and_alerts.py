"""Aims stated for a wave, and which coordinator was told last that a group is behind."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

CHAT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

KEEP_AIMS = "CREATE TRIGGER wave_aims BEFORE UPDATE OF targets ON wave "
"""Aims are terms: the database refuses to change them, as it does all others (0002)."""

REFUSE_SQLITE = KEEP_AIMS + "BEGIN SELECT RAISE(ABORT, 'the terms of a wave never change'); END"
REFUSE_POSTGRESQL = KEEP_AIMS + "FOR EACH ROW EXECUTE FUNCTION wave_terms()"


def upgrade() -> None:
    op.add_column("wave", sa.Column("targets", sa.Text(), nullable=True))
    op.create_table(
        "alert",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("chat", CHAT, autoincrement=False, nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("wave", "chat", name=op.f("pk_alert")),
        sqlite_with_rowid=False,
    )
    op.execute(REFUSE_SQLITE if _sqlite() else REFUSE_POSTGRESQL)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def downgrade() -> None:
    op.execute("DROP TRIGGER wave_aims" if _sqlite() else "DROP TRIGGER wave_aims ON wave")
    op.drop_table("alert")
    op.drop_column("wave", "targets")
