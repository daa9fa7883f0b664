"""归档: what is due for the archive, packages, checking them."""
