"""Reading and writing the archive: one module per noun, functions that take a session; the caller commits."""
