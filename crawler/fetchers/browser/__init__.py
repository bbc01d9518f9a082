"""Pages that need a browser: a Chromium without a network of its own."""
