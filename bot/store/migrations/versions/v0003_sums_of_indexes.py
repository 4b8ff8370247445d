"""What blocks keep of a survey's indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

LARGE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "block_sum",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", LARGE, nullable=False),
        sa.PrimaryKeyConstraint("wave", "no", "name", name=op.f("pk_block_sum")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("block_sum")
