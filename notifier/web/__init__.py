"""The web side of telling: feeds, health, one page per change, and the subscription routes."""
