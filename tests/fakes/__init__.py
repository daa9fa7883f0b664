"""Stand-ins with behaviour: clocks that are set by hand, keys that fail on command, printers that jam."""
