"""A change in plain words."""
