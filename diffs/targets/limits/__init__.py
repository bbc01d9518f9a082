"""Figures that can be limits, and how a sentence holds them."""
