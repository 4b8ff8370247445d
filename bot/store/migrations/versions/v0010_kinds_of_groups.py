"""Of which kind a group is that was invited, and whether a wave counts answers by it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KEEP = "CREATE TRIGGER wave_counts_cohorts BEFORE UPDATE OF cohorts ON wave "
"""As `wave_terms` keeps the other terms: what people agreed to stays so."""

REFUSE_SQLITE = KEEP + "BEGIN SELECT RAISE(ABORT, 'the terms of a wave never change'); END"
REFUSE_POSTGRESQL = KEEP + "FOR EACH ROW EXECUTE FUNCTION wave_terms()"


def upgrade() -> None:
    op.add_column("invite", sa.Column("kind", sa.String(), server_default="other", nullable=False))
    op.add_column("wave", sa.Column("cohorts", sa.Integer(), server_default="0", nullable=False))
    op.execute(REFUSE_SQLITE if _sqlite() else REFUSE_POSTGRESQL)


def downgrade() -> None:
    op.execute("DROP TRIGGER wave_counts_cohorts" + ("" if _sqlite() else " ON wave"))
    op.drop_column("wave", "cohorts")
    op.drop_column("invite", "kind")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
