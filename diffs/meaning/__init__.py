"""What the hunks mean: facts, effective dates, significance."""
