"""The first and the last day on which a target is in force.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade: the targets of earlier versions get their days when their pages are derived again."""
    for name in ("effective_on", "ends_on"):
        op.add_column("target", sa.Column(name, sa.String(length=10), nullable=True))


def downgrade() -> None:
    """Downgrade: the sentences still give the days."""
    for name in ("ends_on", "effective_on"):
        op.drop_column("target", name)
