"""Logging in and changing the password."""
