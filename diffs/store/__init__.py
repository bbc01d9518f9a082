"""Read and write the archive: one module per noun, with functions that take a session; the caller commits."""
