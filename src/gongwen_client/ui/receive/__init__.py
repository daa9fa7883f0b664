"""Verifying, accepting, returning, printing (核验、接收、退文、打印原件)."""
