"""Organisations, their programmes, whom they let in, and summaries in groups."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

CHAT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_organisation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "programme",
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("focus", sa.String(), nullable=False),
        sa.Column("people", sa.String(), nullable=False),
        sa.Column("districts", sa.Text(), nullable=False),
        sa.Column("starts", sa.String(length=10), nullable=False),
        sa.Column("ends", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "no", name=op.f("pk_programme")),
        sa.UniqueConstraint("organisation", "name", name=op.f("uq_programme_organisation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "colleague",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("districts", sa.Text(), nullable=False),
        sa.Column("inviter", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("chat", CHAT, nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("told", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_colleague")),
        sa.UniqueConstraint("hash", name=op.f("uq_colleague_hash")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "group_code",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("sponsor", CHAT, nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_group_code")),
        sqlite_with_rowid=False,
    )
    for table, column in WORDS:
        op.add_column(table, sa.Column(column, sa.String(), server_default="", nullable=False))
    op.add_column("coordinator", sa.Column("districts", sa.Text(), server_default="", nullable=False))
    op.add_column("subscription", sa.Column("sponsor", CHAT, nullable=True))
    _name_what_was_there()


WORDS = (
    ("coordinator", "organisation"),
    ("coordinator", "name"),
    ("claim_code", "organisation"),
    ("audit", "organisation"),
)


def _name_what_was_there() -> None:
    """The organisations that waves name. Where there is one, all coordinators are its own: they saw its waves."""
    there = (
        op.get_bind().execute(sa.text("SELECT organisation, MIN(opened) FROM wave GROUP BY organisation")).all()
    )
    for name, since in there:
        row = sa.text("INSERT INTO organisation (name, key, since) VALUES (:name, '', :since)")
        op.get_bind().execute(row.bindparams(name=name, since=since))
    if len(there) == 1:
        op.get_bind().execute(sa.text("UPDATE coordinator SET organisation = :name").bindparams(name=there[0][0]))


def downgrade() -> None:
    op.drop_column("subscription", "sponsor")
    op.drop_column("coordinator", "districts")
    for table, column in reversed(WORDS):
        op.drop_column(table, column)
    for name in ("group_code", "colleague", "programme", "organisation"):
        op.drop_table(name)
