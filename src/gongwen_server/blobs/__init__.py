"""Bytes of documents: a local directory, or an S3-compatible store behind the same interface."""
