"""From a change to a notice: feeds, digests and delivery."""
