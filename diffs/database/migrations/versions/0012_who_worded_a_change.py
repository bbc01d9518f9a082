"""Who worded a change: a model, or this program, and why not the model.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade: what was worded before, this program has worded."""
    op.add_column("change", sa.Column("worded_by", sa.String(200), nullable=False, server_default=""))
    op.add_column("change", sa.Column("not_reworded", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    """Downgrade: the words stay."""
    op.drop_column("change", "not_reworded")
    op.drop_column("change", "worded_by")
