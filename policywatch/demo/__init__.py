"""A made-up marketplace with a history, served on the loopback."""
