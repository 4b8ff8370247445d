"""What was heard in a wave and done since, in coordinators' words; whether its lines may leave."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "heard",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("approved", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("wave", "no", name=op.f("pk_heard")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "announcement",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("wave", name=op.f("pk_announcement")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for name in ("announcement", "heard"):
        op.drop_table(name)
