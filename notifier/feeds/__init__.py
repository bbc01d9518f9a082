"""Feeds and the calendar. Pure."""
