"""Page to snapshot: what we watch, and how it is fetched."""
