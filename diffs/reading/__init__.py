"""From a capture to a document: decode, extract, remove the furniture of the page."""
