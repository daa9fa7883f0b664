"""Electronic seals: read all generations, make those of today, check one on its own."""
