"""Bytes of documents: a local directory (an S3 store will stand beside it)."""
