"""Certified SM2 keys of made-up units, and key files holding them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from gongwen_client.token.keyfile import create_key_file
from gongwen_client.token.keys import KeyRole
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner

FROM, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)


def certified_key(unit: str = "示范区人民政府办公室", usage: Usage = Usage.SIGNING) -> SoftwareSigner:
    """A fresh key with a certificate of a fresh authority."""
    root = make_root(Subject("示范根证书", "示范印章管理机构"), FROM, UNTIL)
    signer = SoftwareSigner.generate()
    certificate = issue(root, Subject(unit, unit), signer.public_key, usage, FROM, UNTIL)
    return signer.with_certificate(certificate)


def write_key_file(
    path: Path, pin: str, serial: str = "GW-0001", seal: bytes | None = b"seal", max_tries: int = 6
) -> SoftwareSigner:
    """A key file with a fresh key, which is returned."""
    signer = certified_key()
    create_key_file(
        path,
        signer.pair.private,
        signer.certificate_der,
        seal,
        pin,
        label="示范秘钥盘",
        serial=serial,
        role=KeyRole.SIGNING,
        max_tries=max_tries,
    )
    return signer
