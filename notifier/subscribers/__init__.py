"""Subscribers' signed links, and lists of them as files."""
