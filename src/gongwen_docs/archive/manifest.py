"""清单.json: every file of a package with its digest, and the evidence beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from gongwen_crypto.errors import KnownError

MANIFEST = "清单.json"
METADATA = "元数据.xml"
SCHEMA = "gongwen.archive/1"
_LARGEST = 8 * 1024 * 1024


@dataclass(frozen=True)
class PackedFile:
    """One file. ``role``: document, attachment, metadata, notes. ``name`` is what the sender called it,
    ``source_sm3`` the digest of what was sent and the plain copy made from; empty for our own files."""

    path: str
    role: str
    name: str
    size: int
    sm3: str
    source_sm3: str = ""


@dataclass(frozen=True)
class Evidence:
    """The evidence bundle beside the folder."""

    name: str
    size: int
    sm3: str


@dataclass(frozen=True)
class ArchiveManifest:
    """``made_at`` is an ISO time; ``code`` the number of the archive (档号)."""

    code: str
    document_id: str
    title: str
    made_at: str
    tool: str
    files: tuple[PackedFile, ...]
    evidence: Evidence | None


def write_manifest(manifest: ArchiveManifest) -> bytes:
    """As JSON of the schema ``gongwen.archive/1``."""
    return json.dumps({"schema": SCHEMA, **asdict(manifest)}, ensure_ascii=False, indent=2).encode()


def read_manifest(data: bytes) -> ArchiveManifest:
    """Raises ``KnownError`` ``archive.bad_manifest`` for anything else than such a list."""
    try:
        if len(data) > _LARGEST:
            raise ValueError("too large")
        told: dict[str, Any] = json.loads(data)
        if told.pop("schema") != SCHEMA:
            raise ValueError("another schema")
        files = tuple(PackedFile(**one) for one in told.pop("files"))
        evidence = told.pop("evidence")
        manifest = ArchiveManifest(
            **told, files=files, evidence=None if evidence is None else Evidence(**evidence)
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise KnownError("archive.bad_manifest", file=MANIFEST) from error
    texts = [manifest.code, *(one.path for one in files), *(one.sm3 for one in files)]
    if not all(isinstance(text, str) for text in texts):
        raise KnownError("archive.bad_manifest", file=MANIFEST)
    return manifest
