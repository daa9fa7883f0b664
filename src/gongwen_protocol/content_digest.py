"""The digest of a message's bytes beside them (RFC 9530), so that what the network bent is not taken for what
was said."""

from __future__ import annotations

import base64
import hashlib

CONTENT_DIGEST_HEADER = "Content-Digest"
_BEGIN, _END = "sha-256=:", ":"


def content_digest(body: bytes) -> str:
    """The header's value for a message."""
    return _BEGIN + base64.b64encode(hashlib.sha256(body).digest()).decode() + _END


def stated_digest(header: str) -> bytes | None:
    """The SHA-256 that a header states; None for a header that states none."""
    for member in header.split(","):
        member = member.strip()
        if member.startswith(_BEGIN) and member.endswith(_END):
            try:
                return base64.b64decode(member[len(_BEGIN) : -len(_END)], validate=True)
            except ValueError:
                return b""  # no digest of anything
    return None
