"""Register books in windows."""
