"""A capture becomes a document: decode, extract, take the page's furniture away."""
