"""Encrypted OFD files (GM/T 0099): what locks them, and opening them for the calls that follow."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from gongwen_client.durable import write_atomically
from gongwen_client.render.facts import LockedUser, LockFacts
from gongwen_client.render.operations import Desk, operation
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.encryption.description import Scheme, Seed, is_encrypted, read_layers, read_seed
from gongwen_docs.ofd.encryption.keys import LayerKeys, Opener, Password, wrapped
from gongwen_docs.ofd.encryption.unlocking import unlock as unlock_package
from gongwen_docs.ofd.rewrite import rewrite
from gongwen_docs.write.encryption import CertificateUser, PasswordUser, encrypt


@operation
def locks(desk: Desk, path: Path) -> tuple[LockFacts, ...]:
    """The locks of an encrypted file that are still closed, the outermost first."""
    try:
        with Package.open(path) as package:
            if not is_encrypted(package):
                return ()
            if desk.documents.keys:
                closed = unlock_package(package, [LayerKeys(desk.documents.keys)]).locked
            else:
                places = [layer.seed_path for layer in read_layers(package)]
                closed = tuple(read_seed(package, place) for place in places if place in package)
            return tuple(map(_facts, closed))
    except KnownError as error:
        if error.code == "ofd.container.not_zip":  # a PDF file
            return ()
        raise


def _facts(seed: Seed) -> LockFacts:
    users = []
    for user in seed.users:
        try:
            key = wrapped(user) if seed.scheme is Scheme.CERTIFICATE else b""
        except KnownError:
            continue
        users.append(LockedUser(user.name, user.type, user.certificate, key, user.iv))
    return LockFacts(seed.scheme.value if seed.scheme else seed.stated, seed.digest, tuple(users))


@operation
def unlock(desk: Desk, path: Path, derived: bytes, known: Mapping[str, bytes]) -> dict[str, bytes]:
    """The keys that open the file, found by a derived key or among those ``known``."""
    openers: list[Opener] = [LayerKeys(known)]
    if derived:
        openers.append(Password(derived))
    with Package.open(path) as package:
        return dict(unlock_package(package, openers).keys)


@operation
def encrypt_file(
    desk: Desk, path: Path, target: Path, password: str, certificates: Sequence[bytes], at: datetime
) -> None:
    """Write a file encrypted with a password or, where there are any, for the holders of certificates."""
    loaded = [Certificate.load(item) for item in certificates]
    holders = [CertificateUser(item, item.common_name) for item in loaded]
    written = io.BytesIO()
    with Package.open(path) as package:
        encrypt(package, written, holders or [PasswordUser(password)], at)
    write_atomically(target, written.getvalue())


@operation
def decrypt_file(desk: Desk, path: Path, target: Path) -> None:
    """Write an encrypted file, unlocked before, as it was before encryption."""
    written = io.BytesIO()
    with Package.open(path) as package:
        if not is_encrypted(package):
            raise KnownError("ofd.encryption.not_encrypted")
        if unlock_package(package, [LayerKeys(desk.documents.keys)]).locked:
            raise KnownError("ofd.encryption.still_locked")
        rewrite(package, written, {})
    write_atomically(target, written.getvalue())
