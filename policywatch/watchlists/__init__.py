"""Adding to watch-lists, probing what they name."""
