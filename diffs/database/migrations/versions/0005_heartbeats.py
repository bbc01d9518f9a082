"""Notices without a change (heartbeats), when a subscriber was asked to confirm, and indexes for a full outbox.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade."""
    op.add_column("subscriber", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("notice") as batch_op:
        batch_op.alter_column("change_id", existing_type=sa.Integer(), nullable=True)
        batch_op.drop_index("ix_notice_subscriber_id")
        batch_op.drop_index("ix_notice_message_id")
        batch_op.create_index("notice_reader", ["subscriber_id", "state", "not_before"])
        batch_op.create_index("notice_message", ["message_id", "state"])


def downgrade() -> None:
    """Downgrade: heartbeats are lost."""
    op.execute("DELETE FROM notice WHERE change_id IS NULL")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_index("notice_message")
        batch_op.drop_index("notice_reader")
        batch_op.create_index("ix_notice_message_id", ["message_id"])
        batch_op.create_index("ix_notice_subscriber_id", ["subscriber_id"])
        batch_op.alter_column("change_id", existing_type=sa.Integer(), nullable=False)
    op.drop_column("subscriber", "asked_at")
