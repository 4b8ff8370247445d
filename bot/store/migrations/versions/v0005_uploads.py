"""What our own recordings and pictures are called at Telegram."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

CHAT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("bot", CHAT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "sha256", "kind", name=op.f("pk_upload")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("upload")
