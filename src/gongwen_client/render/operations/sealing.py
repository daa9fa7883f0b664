"""Sealing in two phases: the key is in another process and sees only the message to sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gongwen_client.render.operations import Desk, operation
from gongwen_docs.sign import Placement, Prepared, complete, prepare


@operation
def prepare_seal(
    desk: Desk,
    path: Path,
    target: Path,
    seal_der: bytes,
    certificate_der: bytes,
    algorithm_oid: str,
    placements: Sequence[Placement],
    at: datetime,
) -> Prepared:
    """Write everything of a sealed document but the signature value."""
    return prepare(path, target, seal_der, certificate_der, algorithm_oid, placements, at)


@operation
def complete_seal(desk: Desk, target: Path, prepared: Prepared, signature_value: bytes) -> None:
    """Add the signature value to a prepared document."""
    complete(target, prepared, signature_value)
