"""Evidence that a difference is only page furniture: its place, its history, its echo. No lists of phrases."""
