"""Themes that stewards found in answers in own words, counted once a release."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "theme",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "question", "theme", name=op.f("pk_theme")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "theme_count",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kappa", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("wave", "question", "theme", "release", name=op.f("pk_theme_count")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "theme_text",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("wave", "question", "text", name=op.f("pk_theme_text")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("theme_text")
    op.drop_table("theme_count")
    op.drop_table("theme")
