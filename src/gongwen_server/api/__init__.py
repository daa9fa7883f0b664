"""Routes of the exchange: thin, one module per group of calls."""
