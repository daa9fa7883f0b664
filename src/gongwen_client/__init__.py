"""The clerk's program on the unit's dedicated PC."""

__version__ = "0.1.0"
