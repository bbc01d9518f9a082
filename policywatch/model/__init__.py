"""A model that rephrases our words, where the owner has named one: the only part that speaks to it."""
