"""How our own fetching and telling goes."""
