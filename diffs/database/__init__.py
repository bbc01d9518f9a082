"""Open the archive: its tables and their migrations."""
