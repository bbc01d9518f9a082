"""A change as text and HTML. Pure."""
