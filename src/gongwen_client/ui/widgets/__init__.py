"""Small parts that every screen uses."""
