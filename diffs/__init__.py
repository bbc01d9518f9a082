"""Snapshot to version to change: judging, comparing and explaining policy texts."""
