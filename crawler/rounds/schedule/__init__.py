"""When a page is due, and what follows an answer: decided from what is known, without archive or network."""
