"""A column that marks pages as indexes of other pages.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade. Adding a column does not rebuild the table, not even on SQLite."""
    op.add_column("page", sa.Column("is_index", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Downgrade."""
    op.drop_column("page", "is_index")
