"""Whether a wave rests for now, and until when it was extended: beside its terms, which never change."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("wave", sa.Column("paused", sa.Integer(), server_default="0", nullable=False))
    op.add_column("wave", sa.Column("extended_until", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("wave", "extended_until")
    op.drop_column("wave", "paused")
