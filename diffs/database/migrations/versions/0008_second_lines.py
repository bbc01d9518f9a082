"""The line of texts that a change is on, and the owner's decisions about texts in place of the policy.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade: every change so far is on the first line. Adding a column does not rebuild the table, even on SQLite."""
    op.add_column("change", sa.Column("line", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("page", sa.Column("decisions", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Downgrade: the owner's decisions are lost."""
    op.drop_column("page", "decisions")
    op.drop_column("change", "line")
