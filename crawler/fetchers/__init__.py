"""One module per way of fetching a page; `crawler.fetching` has their common interface."""
