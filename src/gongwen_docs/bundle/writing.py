"""Write an evidence bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_docs.bundle.manifest import NAME, BundlePart, Manifest, PartRole
from gongwen_docs.ofd.container import pack_files
from gongwen_docs.verify.expectation import ExpectedSeal

_FOLDERS = {
    PartRole.DOCUMENT: "document",
    PartRole.ATTACHMENT: "attachments",
    PartRole.ROOT: "trust",
    PartRole.SEAL_MAKER: "trust/seal-makers",
    PartRole.REVOCATION_LIST: "trust",
    PartRole.SEAL_REGISTER: "trust",
    PartRole.RECEIPTS: "receipts",
    PartRole.RECEIPT_CERTIFICATE: "receipts",
    PartRole.PROFILE: "profile",
    PartRole.INCLUSION_PROOF: "log",
    PartRole.CHECKPOINT: "log",
}


@dataclass(frozen=True)
class BundleSource:
    """One file to put in: its role, its name and either bytes or a file, which is copied by pieces."""

    role: str
    name: str
    data: bytes | Path


def write_bundle(
    target: Path,
    sources: Sequence[BundleSource],
    *,
    made_at: datetime,
    tool: str,
    document_id: str = "",
    seals: Sequence[ExpectedSeal] = (),
    profile: str = "",
) -> Manifest:
    """Write a bundle with exactly one document among ``sources``; ``made_at`` is aware.

    Names inside are numbered, so that no name of a file can lead elsewhere. Raises ``KnownError``:
    ``bundle.unreadable`` for a source, ``bundle.unwritable`` for the target.
    """
    parts, files = [], {}
    for number, source in enumerate(sources):
        path = f"{_FOLDERS.get(source.role, 'further')}/{number:03d}{plain_suffix(source.name)}"
        digest, size = _measure(source)
        parts.append(BundlePart(path, source.role, size, digest, source.name))
        files[path] = source.data
    moment = made_at.astimezone(UTC).isoformat()
    manifest = Manifest(moment, tool, document_id, tuple(parts), tuple(seals), profile)
    try:
        pack_files(target, {NAME: manifest.to_bytes(), **files})
    except OSError as error:
        raise KnownError("bundle.unwritable", file=target.name) from error
    return manifest


def plain_suffix(name: str) -> str:
    """The end of a file's name, .ofd or so; empty where it holds anything but letters and digits."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() else ""


def _measure(source: BundleSource) -> tuple[str, int]:
    if isinstance(source.data, bytes):
        return sm3.digest(source.data).hex(), len(source.data)
    try:
        with source.data.open("rb") as stream:
            return sm3.digest_stream(stream).hex(), source.data.stat().st_size
    except OSError as error:
        raise KnownError("bundle.unreadable", file=source.name) from error
