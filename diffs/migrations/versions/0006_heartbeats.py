"""Notices without a change (heartbeats), and when a subscriber was asked to confirm.

Revision 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("subscriber", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("notice") as batch_op:
        batch_op.alter_column("change_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """Back: heartbeats are forgotten."""
    op.execute("DELETE FROM notice WHERE change_id IS NULL")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.alter_column("change_id", existing_type=sa.Integer(), nullable=False)
    op.drop_column("subscriber", "asked_at")
