"""From a capture to a document: decode, extract, remove page furniture."""
