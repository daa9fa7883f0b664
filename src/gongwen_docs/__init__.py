"""Fixed-layout documents: read, draw, write, seal and verify OFD (GB/T 33190) and PDF.

A library of its own: no Qt, no network, no database. Whatever comes from outside is parsed here, and
callers are expected to run that inside a worker process.
"""
