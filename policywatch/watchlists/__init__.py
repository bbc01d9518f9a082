"""Adding pages to watch-lists, and trying out what they name."""
