"""What a clerk does, one module per thing; no Qt. ``Office`` is the way in."""
