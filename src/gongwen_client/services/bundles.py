"""Making evidence bundles (验真包): what courts and archives need to verify without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gongwen_crypto.errors import KnownError
from gongwen_docs.bundle import BundleSource, Manifest, PartRole, write_bundle
from gongwen_docs.verify import ExpectedSeal
from gongwen_protocol.profile import load_profile
from gongwen_protocol.resources import resource_path
from gongwen_protocol.version import VERSION

_CERTIFICATES = frozenset({".cer", ".crt", ".pem", ".der"})


@dataclass(frozen=True)
class BundleOrder:
    """What goes into a bundle. ``receipts`` is a file with a ReceiptList, or its bytes; without
    ``attachment_names`` attachments keep those of their files."""

    document: Path
    name: str = ""
    attachments: tuple[Path, ...] = ()
    attachment_names: tuple[str, ...] = ()
    trust_dir: Path | None = None
    receipts: Path | bytes | None = None
    receipt_certificates: tuple[Path, ...] = ()
    profile_id: str = ""
    document_id: str = ""
    seals: tuple[ExpectedSeal, ...] = ()
    more: tuple[BundleSource, ...] = ()


def _sources(order: BundleOrder) -> Iterator[BundleSource]:
    """The files of a bundle, the document first."""
    yield BundleSource(PartRole.DOCUMENT, order.name or order.document.name, order.document)
    names = order.attachment_names or tuple(attachment.name for attachment in order.attachments)
    for attachment, name in zip(order.attachments, names, strict=True):
        yield BundleSource(PartRole.ATTACHMENT, name, attachment)
    if order.trust_dir is not None:
        yield from _trusted(order.trust_dir, PartRole.ROOT)
        makers = order.trust_dir / "seal-makers"
        if makers.is_dir():
            yield from _trusted(makers, PartRole.SEAL_MAKER)
    if order.receipts is not None:
        yield BundleSource(PartRole.RECEIPTS, "receipts.json", order.receipts)
    for certificate in order.receipt_certificates:
        yield BundleSource(PartRole.RECEIPT_CERTIFICATE, certificate.name, certificate)
    if order.profile_id:
        path = resource_path("profiles", f"{order.profile_id}.toml")
        yield BundleSource(PartRole.PROFILE, path.name, path)
    yield from order.more


def _trusted(folder: Path, role: str) -> Iterator[BundleSource]:
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise KnownError("crypto.trust_store_unreadable", file=folder.name) from error
    for path in files:
        suffix = path.suffix.lower()
        if suffix in _CERTIFICATES:
            yield BundleSource(role, path.name, path)
        elif suffix == ".crl":
            yield BundleSource(PartRole.REVOCATION_LIST, path.name, path)
        elif suffix == ".sealstatus":
            yield BundleSource(PartRole.SEAL_REGISTER, path.name, path)


def make_bundle(order: BundleOrder, target: Path, at: datetime) -> Manifest:
    """Slow. Write the bundle to ``target``. Raises KnownError ``bundle.*``, ``profile.unknown``."""
    profile = ""
    if order.profile_id:
        rules = load_profile(order.profile_id)
        profile = f"{rules.profile_id}@{rules.version}"
    return write_bundle(
        target,
        list(_sources(order)),
        made_at=at,
        tool=f"gongwen {VERSION}",
        document_id=order.document_id,
        seals=order.seals,
        profile=profile,
    )
