"""The pages that a notice to the owner reports, as a list and not only in its sentence.

Revision 0009, after 0008.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: Between the pages and the reasons, in sentences written by older versions.
_WHY = ". Reasons: "


def upgrade() -> None:
    """Upgrade: the pages of earlier notices are parsed from their sentences, so that none is reported a second time."""
    op.add_column("owner_notice", sa.Column("pages", sa.JSON(), nullable=True))
    connection = op.get_bind()
    kinds = "('unread', 'half_unread')"
    for number, detail in connection.execute(
        sa.text(f"SELECT id, detail FROM owner_notice WHERE kind IN {kinds}")  # noqa: S608 (a constant)
    ).all():
        pages = json.dumps(detail.partition(_WHY)[0].split(", "))
        connection.execute(
            sa.text("UPDATE owner_notice SET pages = :pages WHERE id = :id"), {"pages": pages, "id": number}
        )


def downgrade() -> None:
    """Downgrade: the sentences still name the pages."""
    op.drop_column("owner_notice", "pages")
