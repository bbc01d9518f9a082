"""Sign-ups: the network they came from, as a hash, so that nobody can sign up everybody.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade. The column is added at the end of the table, which neither database copies for that."""
    op.add_column("signup", sa.Column("sender", sa.String(length=32), nullable=False, server_default=""))
    op.create_index("ix_signup_sender", "signup", ["sender"])


def downgrade() -> None:
    """Downgrade."""
    op.drop_index("ix_signup_sender", table_name="signup")
    with op.batch_alter_table("signup") as batch_op:
        batch_op.drop_column("sender")
