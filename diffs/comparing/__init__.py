"""Compare two documents: the hunks in which they differ."""
