"""Which reported changes tell the same story.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade: of changes reported before, each is a story of its own."""
    op.add_column("change", sa.Column("story", sa.String(40), nullable=False, server_default=""))
    op.create_index("ix_change_story", "change", ["story"])


def downgrade() -> None:
    """Downgrade: the changes stay, no longer tied."""
    op.drop_index("ix_change_story", "change")
    op.drop_column("change", "story")
