"""Which kind a file is, told by its first bytes: one answer for verifier, renderer and sealer."""

from __future__ import annotations

HEAD = 1024
"""Bytes that decide: readers of PDF accept that much before the mark (ISO 32000-1, annex H, 3.4.1)."""

_PDF_MARK, _PACKAGE_MARK, _PACKAGE_END, _PACKAGE_TAIL = b"%PDF-", b"PK\x03\x04", b"PK\x05\x06", 1 << 20


def is_pdf(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is read as PDF. A package that stores a PDF attachment first
    is a package all the same."""
    return _PDF_MARK in head[:HEAD] and not head.startswith(_PACKAGE_MARK)


def is_package_too(pdf: bytes) -> bool:
    """Whether the end of a PDF file is that of an OFD package: two programs would show two documents."""
    tail = pdf[-_PACKAGE_TAIL:]
    return _PACKAGE_END in tail and b"OFD.xml" in tail
