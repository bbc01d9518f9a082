"""Hosts: off switch, the day's requests, the answer for robots.txt; and what the owner must know.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade. Columns are added at the end of the table, which neither database copies for that."""
    for column in (
        sa.Column("rest_told", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("off_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("off_reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("budget_day", sa.Date(), nullable=True),
        sa.Column("budget_used", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("robots", sa.Text(), nullable=False, server_default=""),
        sa.Column("robots_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("host", column)
    op.create_table(
        "owner_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=True),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
    )


def downgrade() -> None:
    """Downgrade."""
    op.drop_table("owner_notice")
    for name in ("robots_at", "robots", "budget_used", "budget_day", "off_reason", "off_since", "rest_told"):
        with op.batch_alter_table("host") as batch_op:
            batch_op.drop_column(name)
