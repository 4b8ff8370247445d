"""The release that closed a block, and running sums, so that a digest need not read every block."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

LARGE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("block", sa.Column("release", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "running_node",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("burst", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.Integer(), nullable=False),
        sa.Column("earlier_burst", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "node", name=op.f("pk_running_node")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "running_sum",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("shown", LARGE, nullable=False),
        sa.Column("held", LARGE, nullable=False),
        sa.Column("earlier", LARGE, nullable=False),
        sa.PrimaryKeyConstraint("wave", "view", "question", "code", name=op.f("pk_running_sum")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("running_sum")
    op.drop_table("running_node")
    op.drop_column("block", "release")
