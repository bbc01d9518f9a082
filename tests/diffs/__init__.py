"""Tests of diffs."""
