"""Contacts, invitations, open answers, and acts that need two people."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

CHAT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

KEEP_TERMS = """
CREATE TRIGGER wave_terms BEFORE UPDATE OF
  definition, population, k, leave_behind, slots, minors, schedule, leftovers, invited,
  populations
ON wave
"""
"""What is fixed when a wave opens, above all k: whatever the program does, the database refuses to change it."""

REFUSE_SQLITE = KEEP_TERMS + "BEGIN SELECT RAISE(ABORT, 'the terms of a wave never change'); END"

REFUSE_POSTGRESQL = (
    """
    CREATE FUNCTION wave_terms() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the terms of a wave never change'; END $$
    """,
    KEEP_TERMS + "FOR EACH ROW EXECUTE FUNCTION wave_terms()",
)

LET_GO_POSTGRESQL = ("DROP TRIGGER wave_terms ON wave", "DROP FUNCTION wave_terms()")


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("cid", sa.LargeBinary(length=16), nullable=False),
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("cid", name=op.f("pk_contact")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invite",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("h", sa.LargeBinary(length=32), nullable=False),
        sa.Column("cohort", sa.String(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("expiry_day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("wave", "h", name=op.f("pk_invite")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opentext",
        sa.Column("tid", sa.LargeBinary(length=16), nullable=False),
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("thash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("tid", name=op.f("pk_opentext")),
        sa.UniqueConstraint("thash", name=op.f("uq_opentext_thash")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("proposer", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "approval",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("proposal", sa.String(), nullable=False),
        sa.Column("chat", CHAT, nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_approval")),
        sqlite_with_rowid=False,
    )
    op.add_column("wave", sa.Column("invited", sa.Integer(), server_default="0", nullable=False))
    op.add_column("wave", sa.Column("steward_key", sa.LargeBinary(length=32), nullable=True))
    op.add_column("wave", sa.Column("ended", sa.String(length=10), nullable=True))
    op.add_column("wave", sa.Column("populations", sa.Text(), nullable=True))
    _keep_terms()


def _keep_terms() -> None:
    for statement in (REFUSE_SQLITE,) if _sqlite() else REFUSE_POSTGRESQL:
        op.execute(statement)


def _let_terms_go() -> None:
    for statement in ("DROP TRIGGER wave_terms",) if _sqlite() else LET_GO_POSTGRESQL:
        op.execute(statement)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def downgrade() -> None:
    _let_terms_go()
    op.drop_column("wave", "populations")
    op.drop_column("wave", "ended")
    op.drop_column("wave", "steward_key")
    op.drop_column("wave", "invited")
    for name in ("approval", "proposal", "opentext", "invite", "contact"):
        op.drop_table(name)
