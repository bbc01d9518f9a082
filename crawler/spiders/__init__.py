"""The spiders: who walks where."""
