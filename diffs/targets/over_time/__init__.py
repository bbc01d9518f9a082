"""Targets over time: those in force on a day, and how they moved."""
