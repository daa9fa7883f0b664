"""The demonstration: a whole exchange on this PC, and the main job told through the real windows."""
