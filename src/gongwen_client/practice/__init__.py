"""A whole exchange on this PC, for demonstration and training: authority, seals, units, a counterpart."""
