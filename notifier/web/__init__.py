"""The web pages: feeds, health, one page per change, and forms for subscribers."""
