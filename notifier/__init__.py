"""Change to notice: wording, feeds, digests and delivery."""
