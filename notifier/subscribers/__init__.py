"""Signing up, signed links, and lists of subscribers as files."""
