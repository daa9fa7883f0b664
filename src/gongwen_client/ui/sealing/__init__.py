"""Putting the seal on (用印)."""
