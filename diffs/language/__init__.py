"""What a sentence says: amounts, dates, duties, names. Documents are unknown here."""
