"""Metrics: those known by name or by what a clause is about, and a page's short names for them."""
