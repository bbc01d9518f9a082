"""Sign-ups: from which network they came, as a hash, so that nobody fills in the form for everybody.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. A column is added at the end of the table: neither database needs to copy it for that."""
    op.add_column("signup", sa.Column("sender", sa.String(length=32), nullable=False, server_default=""))
    op.create_index("ix_signup_sender", "signup", ["sender"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_signup_sender", table_name="signup")
    with op.batch_alter_table("signup") as batch_op:
        batch_op.drop_column("sender")
