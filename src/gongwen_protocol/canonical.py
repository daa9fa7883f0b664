"""The one byte form of a statement that is signed or compared."""

from __future__ import annotations

import json

from pydantic import BaseModel

from gongwen_crypto import sm3


def canonical_bytes(message: BaseModel) -> bytes:
    """UTF-8 JSON with sorted keys, no insignificant blanks, absent optional fields left out.

    Two equal messages give equal bytes, whoever made them; receipts and idempotency digests rest on it.
    """
    data = message.model_dump(mode="json", exclude_none=True)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def canonical_digest(message: BaseModel) -> str:
    """SM3 of the canonical bytes, hexadecimal."""
    return sm3.digest(canonical_bytes(message)).hex()
