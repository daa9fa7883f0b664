"""Encrypted packages for the tests: small documents, users, and a workshop for broken ones."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from docs.office import NOW, Authority, document_parts
from gongwen_crypto import sm2_encryption
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.issue import Usage
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.ofd.encryption.keys import CertificateKey, Opener, Password
from gongwen_docs.write.encryption import CertificateUser, PasswordUser, encrypt

PASSWORD = "公文加密口令-2026"
OPENER = Password.of(PASSWORD)


def encrypted(
    source: bytes | dict[str, bytes] | None = None,
    users: Sequence[PasswordUser] | Sequence[CertificateUser] = (PasswordUser(PASSWORD),),
    scope: Callable[[str], bool] | None = None,
    *,
    hide_map: bool = True,
) -> bytes:
    """A small document, or ``source``, encrypted."""
    data = source if isinstance(source, bytes) else pack(source or document_parts())
    target = io.BytesIO()
    with Package.open(data) as package:
        encrypt(package, target, users, NOW, scope, hide_map=hide_map)
    return target.getvalue()


def stored(data: bytes) -> dict[str, bytes]:
    """The files as they lie in the container."""
    with Package.open(data) as package:
        return {name: package.read(name) for name in package.names}


def recipient(authority: Authority, name: str = "准格尔旗人民政府") -> tuple[CertificateUser, Opener]:
    """A unit with an encryption certificate, and its key."""
    signer = authority.certify(name, usage=Usage.ENCRYPTION)
    certificate = Certificate.load(signer.certificate_der)
    return CertificateUser(certificate, name), key_of(signer)


def key_of(signer: SoftwareSigner) -> Opener:
    def unwrap(ciphertext: bytes) -> bytes:
        return sm2_encryption.decrypt(signer.pair, ciphertext)

    return CertificateKey(Certificate.load(signer.certificate_der), unwrap)


def written(folder: Path, data: bytes, name: str = "encrypted.ofd") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
