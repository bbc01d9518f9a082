"""The line of texts that a change is on, and what the owner said of texts in the policy's place.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: every change so far is on the first line. Adding a column rebuilds no table, on SQLite neither."""
    op.add_column("change", sa.Column("line", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("page", sa.Column("decisions", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Back: what the owner said is forgotten."""
    op.drop_column("page", "decisions")
    op.drop_column("change", "line")
