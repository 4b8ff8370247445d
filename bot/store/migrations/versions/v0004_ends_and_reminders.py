"""How interviews ended, and how far reminders have come."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "outcome",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "state", name=op.f("pk_outcome")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reminder",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("upto", sa.LargeBinary(length=16), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "part", name=op.f("pk_reminder")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for name in ("reminder", "outcome"):
        op.drop_table(name)
