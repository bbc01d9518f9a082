"""A document cut into passages with their surroundings: headings, tables, and who is named."""
