"""One module per way of fetching a page; `crawler.fetchers.registry` has their common interface."""
