"""What an evidence bundle says it holds (docs/evidence-bundle.md); unsigned, for the proofs are inside.

The list makes a bundle complete and its parts findable. Kinds that this program does not know are listed and
compared with their digest, nothing else, so that later ones (proofs of inclusion, checkpoints) do no harm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gongwen_crypto.errors import KnownError
from gongwen_docs.verify.expectation import ExpectedSeal

NAME = "bundle.json"
FORMAT = "gongwen.bundle/1"
_LARGEST = 4 * 1024 * 1024
_MOST_PARTS = 10_000


class PartRole:
    """What a part is for. Text rather than an enumeration: unknown ones are kept."""

    DOCUMENT = "document"
    ATTACHMENT = "attachment"
    ROOT = "root_certificate"
    SEAL_MAKER = "seal_maker_certificate"
    REVOCATION_LIST = "revocation_list"
    SEAL_REGISTER = "seal_register"
    RECEIPTS = "receipts"
    RECEIPT_CERTIFICATE = "receipt_certificate"
    PROFILE = "profile"
    INCLUSION_PROOF = "inclusion_proof"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True)
class BundlePart:
    """One file: path in the bundle, role, size in bytes, SM3 in hexadecimal, its name outside."""

    path: str
    role: str
    size: int
    digest: str
    name: str = ""


@dataclass(frozen=True)
class Manifest:
    """The list of a bundle. ``made_at`` as written (ISO 8601); ``seals`` is the exchange's record."""

    made_at: str
    tool: str
    document_id: str
    parts: tuple[BundlePart, ...]
    seals: tuple[ExpectedSeal, ...] = ()
    profile: str = ""  # id@version of the region profile

    def of_role(self, role: str) -> tuple[BundlePart, ...]:
        """Parts of one role in the order of the list."""
        return tuple(part for part in self.parts if part.role == role)

    def to_bytes(self) -> bytes:
        """The file, UTF-8."""
        value = {
            "format": FORMAT,
            "made_at": self.made_at,
            "tool": self.tool,
            "document_id": self.document_id,
            "profile": self.profile,
            "seals": [
                {
                    "name": seal.name,
                    "seal_id": seal.seal_id,
                    "signature_id": seal.signature_id,
                    "stamped_at": seal.stamped_at.isoformat() if seal.stamped_at else "",
                }
                for seal in self.seals
            ],
            "parts": [
                {
                    "path": part.path,
                    "role": part.role,
                    "size": part.size,
                    "sm3": part.digest,
                    "name": part.name,
                }
                for part in self.parts
            ],
        }
        return json.dumps(value, ensure_ascii=False, indent=1).encode()

    @classmethod
    def load(cls, data: bytes) -> Manifest:
        """Read a list. Raises ``KnownError``: ``bundle.bad_manifest``, ``bundle.newer_format``."""
        if len(data) > _LARGEST:
            raise KnownError("bundle.bad_manifest")
        try:
            value = json.loads(data.decode(), object_pairs_hook=_unique)
            if not isinstance(value, dict):
                raise ValueError("no object")
            if value.get("format") != FORMAT:
                raise KnownError("bundle.newer_format", format=str(value.get("format")))
            return _manifest(value)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise KnownError("bundle.bad_manifest") from error


def _manifest(value: Mapping[str, Any]) -> Manifest:
    parts, seals = value["parts"], value.get("seals", [])
    if not isinstance(parts, list) or not isinstance(seals, list) or len(parts) > _MOST_PARTS:
        raise ValueError("parts")
    return Manifest(
        made_at=_text(value, "made_at"),
        tool=_text(value, "tool"),
        document_id=_text(value, "document_id"),
        profile=_text(value, "profile"),
        parts=tuple(_part(item) for item in parts),
        seals=tuple(
            ExpectedSeal(
                _text(item, "name"),
                _text(item, "seal_id"),
                _text(item, "signature_id"),
                datetime.fromisoformat(stamped) if (stamped := _text(item, "stamped_at")) else None,
            )
            for item in seals
        ),
    )


def _part(value: Mapping[str, Any]) -> BundlePart:
    size = value["size"]
    if type(size) is not int or size < 0 or not value["path"] or len(value["sm3"]) != 64:
        raise ValueError("part")
    names = (_text(value, name) for name in ("path", "role", "sm3", "name"))
    path, role, digest, name = names
    return BundlePart(path, role, size, digest.lower(), name)


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name, "")
    if not isinstance(found, str):
        raise ValueError(name)
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different: two readers must not find different values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found
