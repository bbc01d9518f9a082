"""What a sentence says: amounts, dates, duties, names. Knows no document."""
