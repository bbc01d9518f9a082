"""Notices: who gets which, and what happened to them."""
