"""What a passage states: of which metric, for whom, when, and how strongly."""
