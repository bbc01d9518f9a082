"""From a page to a snapshot: what we watch and how we fetch it."""
