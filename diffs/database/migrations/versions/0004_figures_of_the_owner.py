"""The owner's own figures, their work on changes, and entries made by hand.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Upgrade."""
    op.create_table(
        "report",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("imported_at", _TIME, nullable=False),
        sa.Column("as_of", _TIME, nullable=False),
        sa.Column("accounts", sa.JSON(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["body_sha256"], ["body.sha256"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("body_sha256"),
    )
    op.create_index("ix_report_as_of", "report", ["as_of"])
    op.create_table(
        "metric",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("report_id", _BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("marketplace", sa.String(length=40), nullable=False),
        sa.Column("metric", sa.String(length=120), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("numerator", _BIG, nullable=True),
        sa.Column("denominator", _BIG, nullable=True),
        sa.Column("rate", sa.String(length=60), nullable=True),
        sa.Column("window_from", _TIME, nullable=True),
        sa.Column("window_to", _TIME, nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=True),
        sa.Column("condition", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_metric_report_id", "metric", ["report_id"])
    op.create_index("ix_metric_metric", "metric", ["metric"])
    op.create_table(
        "work",
        sa.Column("change_uid", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("done_at", _TIME, nullable=True),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("change_uid"),
    )
    op.create_table(
        "by_hand",
        sa.Column("page_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("importance", sa.String(length=10), nullable=False),
        sa.Column("begins", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("ended_snapshot", _BIG, nullable=True),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"]),
        sa.ForeignKeyConstraint(["ended_snapshot"], ["snapshot.id"]),
        sa.PrimaryKeyConstraint("page_id"),
    )
    with op.batch_alter_table("subscriber") as batch_op:
        batch_op.add_column(sa.Column("standing", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Downgrade."""
    with op.batch_alter_table("subscriber") as batch_op:
        batch_op.drop_column("standing")
    for table in ("by_hand", "work", "metric", "report"):
        op.drop_table(table)
