"""One outbox for readers, questions and the owner; a table for addresses from the sign-up form.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)

#: Columns about the delivery of a notice to the owner; they move from `owner_notice` to `notice`.
_DELIVERY = ("state", "not_before", "attempts", "claimed_at", "claimed_by", "sent_at", "error")


def upgrade() -> None:
    """Upgrade.

    A notice to the owner that was being sent becomes due again: its Message-ID is made from its `uid`, so that a second
    copy is the same message. A notice that had no recipient stays unsent.
    """
    op.create_table(
        "signup",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("mailbox", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=True),
        sa.Column("asked_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_signup_created_at", "signup", ["created_at"])
    op.create_index("ix_signup_mailbox", "signup", ["mailbox"])
    op.add_column("subscriber", sa.Column("signed_up_at", _TIME, nullable=True))
    with op.batch_alter_table("notice") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="news"))
        batch_op.add_column(sa.Column("owner_notice_id", _BIG, nullable=True))
        batch_op.alter_column("subscriber_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_foreign_key("notice_owner_notice", "owner_notice", ["owner_notice_id"], ["id"])
        batch_op.drop_index("notice_due")
        batch_op.create_index("notice_due", ["kind", "state", "not_before"])
        batch_op.drop_index("notice_reader")
        batch_op.create_index("notice_reader", ["subscriber_id", "state", "kind", "not_before"])
        batch_op.create_index("ix_notice_owner_notice_id", ["owner_notice_id"])
    op.execute(
        "INSERT INTO notice"
        " (kind, owner_notice_id, state, created_at, not_before, attempts, claimed_by, sent_at, error)"
        " SELECT 'owner', id, CASE state WHEN 'sending' THEN 'due' WHEN 'shown' THEN 'dropped' ELSE state END,"
        " created_at, not_before, attempts, '', sent_at,"
        " CASE state WHEN 'shown' THEN 'no address of the owner was set' ELSE error END"
        " FROM owner_notice ORDER BY id"
    )
    with op.batch_alter_table("owner_notice") as batch_op:
        for name in _DELIVERY:
            batch_op.drop_column(name)


def downgrade() -> None:
    """Downgrade: questions and addresses from the form are lost."""
    with op.batch_alter_table("owner_notice") as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=10), nullable=False, server_default="shown"))
        batch_op.add_column(sa.Column("not_before", _TIME, nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("claimed_at", _TIME, nullable=True))
        batch_op.add_column(sa.Column("claimed_by", sa.String(length=80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("sent_at", _TIME, nullable=True))
        batch_op.add_column(sa.Column("error", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE owner_notice SET"
        " state = (SELECT CASE n.state WHEN 'dropped' THEN 'shown' WHEN 'sending' THEN 'due' ELSE n.state END"
        " FROM notice n WHERE n.owner_notice_id = owner_notice.id),"
        " sent_at = (SELECT n.sent_at FROM notice n WHERE n.owner_notice_id = owner_notice.id),"
        " attempts = (SELECT n.attempts FROM notice n WHERE n.owner_notice_id = owner_notice.id),"
        " not_before = (SELECT n.not_before FROM notice n WHERE n.owner_notice_id = owner_notice.id)"
    )
    op.execute("DELETE FROM notice WHERE kind <> 'news'")
    with op.batch_alter_table("owner_notice") as batch_op:
        batch_op.alter_column("not_before", existing_type=_TIME, nullable=False)
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_index("ix_notice_owner_notice_id")
        batch_op.drop_index("notice_due")
        batch_op.create_index("notice_due", ["state", "not_before"])
        batch_op.drop_index("notice_reader")
        batch_op.create_index("notice_reader", ["subscriber_id", "state", "not_before"])
        batch_op.drop_constraint("notice_owner_notice", type_="foreignkey")
        batch_op.drop_column("owner_notice_id")
        batch_op.alter_column("subscriber_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("kind")
    op.drop_column("subscriber", "signed_up_at")
    op.drop_table("signup")
