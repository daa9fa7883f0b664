"""Evidence: the append-only, hash-chained log of signed receipts."""
