"""Wording by a model: what it is asked, and whether its answer says what we say. Pure: nothing is asked from here."""
