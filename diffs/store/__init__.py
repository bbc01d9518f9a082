"""Reading and writing the archive: one module per noun, functions that take a session. The caller owns the transaction."""
