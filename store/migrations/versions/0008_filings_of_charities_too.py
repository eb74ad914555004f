"""filings of charities, which have no CIK, beside earlier ones too"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text  # noqa: F401  variants of JSON are written out with a bare Text()

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_filings")
        batch_op.add_column(sa.Column("filer", sa.Text(), nullable=True))
        batch_op.create_index("ix_documents_filer", ["filer", "published"], unique=False)
    words = (sa.column(name, sa.Text()) for name in ("cik", "form", "filer"))
    documents = sa.table("documents", *words, sa.column("fields", sa.JSON()))
    ein = documents.c.fields["ein"].as_string()
    op.execute(documents.update().where(documents.c.cik.is_not(None)).values(filer=documents.c.cik))
    op.execute(
        documents.update()
        .where(documents.c.cik.is_(None), documents.c.form.is_not(None), ein.is_not(None))
        .values(filer=sa.literal("ein-") + ein)
    )


def downgrade() -> None:
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_filer")
        batch_op.drop_column("filer")
        batch_op.create_index("ix_documents_filings", ["cik", "published"], unique=False)
