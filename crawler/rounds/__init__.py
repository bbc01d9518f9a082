"""One round of fetching: which pages are due, when a host may be asked, what is stored."""
