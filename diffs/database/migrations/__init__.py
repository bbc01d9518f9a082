"""Alembic migrations, run when the archive is opened."""
