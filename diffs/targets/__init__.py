"""The performance targets a document states, and how they moved."""
