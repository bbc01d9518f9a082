"""Two documents become hunks."""
