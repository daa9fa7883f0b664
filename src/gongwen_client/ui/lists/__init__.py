"""Lists of documents: rows, columns, state words."""
