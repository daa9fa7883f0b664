"""设置: what a clerk may set, what the administrator fixed, this PC, and what the program is."""
