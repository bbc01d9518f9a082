"""Which revision is the newest, known without loading Alembic."""

#: A test holds it to the files in `versions/`.
HEAD = "0009"
