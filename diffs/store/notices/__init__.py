"""Notices: who gets which, and what became of them."""
