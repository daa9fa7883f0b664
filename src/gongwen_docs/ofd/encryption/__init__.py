"""Encrypted OFD packages (GM/T 0099-2020 7.3 and Annex C): what they say, and how they are unlocked.

The text of the standard could not be read; ADR 0042 says what this follows and what it assumes.
"""
