"""What speaks for a difference being the page's furniture: its place, its history, its echo. No list of phrases."""
