"""Writing an outgoing document (拟稿)."""
