"""What the exchange does: one module per idea; HTTP is unknown here."""
