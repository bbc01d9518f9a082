"""The newest revision, known without loading Alembic."""

#: A test compares it with the files in `versions/`.
HEAD = "0013"
