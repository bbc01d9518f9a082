"""Which configurations have a page on their lists, and since when each was last seen to have it.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade: of what is watched so far, nobody knows who declares it."""
    op.add_column("page", sa.Column("declared_by", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Downgrade: any configuration takes off what it does not have."""
    op.drop_column("page", "declared_by")
