"""A small marketplace of our own writing, with a history, served on the loopback."""
