"""The seller's own metrics against the targets in force."""
