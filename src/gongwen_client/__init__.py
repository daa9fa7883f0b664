"""The clerk's program on the unit's dedicated PC."""
