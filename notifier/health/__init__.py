"""How our own fetching and sending is doing."""
