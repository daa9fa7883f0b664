"""Encrypt an OFD package (GM/T 0099-2020 7.3.4): with passwords (scheme 1.1.1) or certificates (1.1.2).

Every run adds one layer. What lies in the package already, layers included, is encrypted like any file.
"""

from __future__ import annotations

import base64
import posixpath
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from gongwen_crypto import sm2_encryption, sm4
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.keys import KeyKind
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.encryption.description import ENCRYPTIONS, Scheme, read_layers
from gongwen_docs.ofd.encryption.keys import derive_key
from gongwen_docs.ofd.rewrite import rewrite
from gongwen_docs.ofd.strictness import is_safe_segment
from gongwen_docs.seals.times import CHINA
from gongwen_docs.write.markup import Element

LEAST_PASSWORD = 8
"""Characters. The prescribed key derivation has neither salt nor rounds: short passwords are guessed."""


@dataclass(frozen=True)
class PasswordUser:
    """Who opens with a password. ``type`` is Owner or User."""

    password: str = field(repr=False)
    name: str = "user"
    type: str = "User"


@dataclass(frozen=True)
class CertificateUser:
    """Who opens with the key of an encryption certificate."""

    certificate: Certificate
    name: str = ""
    type: str = "User"


def encrypt(
    package: Package,
    target: BinaryIO,
    users: Sequence[PasswordUser] | Sequence[CertificateUser],
    at: datetime,
    scope: Callable[[str], bool] | None = None,
    *,
    hide_map: bool = True,
) -> None:
    """Write ``package`` encrypted for ``users``, all of one kind. ``scope`` says which files (default: all);
    ``hide_map`` False leaves the list of them readable.

    Raises RefusedError("ofd.encryption.weak_password"), KnownError("crypto.not_for_encryption").
    """
    names = [name for name in package.names if name != ENCRYPTIONS and (scope is None or scope(name))]
    if not names or not users:
        raise ValueError("nothing to encrypt, or for nobody")
    key, iv = sm4.new_key(), secrets.token_bytes(sm4.IV_LENGTH)
    scheme = Scheme.PASSWORD if isinstance(users[0], PasswordUser) else Scheme.CERTIFICATE
    earlier = read_layers(package) if ENCRYPTIONS in package else ()
    number = str(1 + max((int(layer.id) for layer in earlier if layer.id.isdecimal()), default=0))
    taken = {name.casefold() for name in package.names}
    seed_path, map_path = _free(taken, "decryptseed.dat"), _free(taken, "entriesmap.dat")
    places = {_free(taken, _encrypted_name(name)): name for name in names}
    listed = _map(number, places)
    described = {
        ENCRYPTIONS: _description(package, number, earlier[0].id if earlier else "", seed_path, map_path, at),
        seed_path: _seed(number, scheme, [_user(user, key, iv) for user in users]),
        map_path: b"".join(sm4.encrypt_cbc(key, iv, (listed,))) if hide_map else listed,
    }
    rewrite(package, target, _Parts(package, described, places, key, iv), without=(*names, ENCRYPTIONS))


class _Parts(Mapping[str, bytes]):
    """The new files; ciphertexts are made when their turn comes."""

    def __init__(
        self, package: Package, plain: Mapping[str, bytes], places: Mapping[str, str], key: bytes, iv: bytes
    ) -> None:
        self._package, self._plain, self._places = package, plain, places
        self._key, self._iv = key, iv

    def __getitem__(self, name: str) -> bytes:
        if name in self._plain:
            return self._plain[name]
        return b"".join(sm4.encrypt_cbc(self._key, self._iv, (self._package.read(self._places[name]),)))

    def __iter__(self) -> Iterator[str]:
        yield from self._plain
        yield from self._places

    def __len__(self) -> int:
        return len(self._plain) + len(self._places)


def _free(taken: set[str], wanted: str) -> str:
    """A name that no file has yet; it is taken from now on."""
    stem, suffix = posixpath.splitext(wanted)
    name, number = wanted, 0
    while name.casefold() in taken:
        number += 1
        name = f"{stem}_{number}{suffix}"
    taken.add(name.casefold())
    return name


def _encrypted_name(name: str) -> str:
    folder, _, file = name.rpartition("/")
    stem = posixpath.splitext(file)[0].lower()
    safe = stem if is_safe_segment(stem) else "part"
    return f"{folder}/{safe}.dat" if folder else f"{safe}.dat"


def _user(user: PasswordUser | CertificateUser, key: bytes, iv: bytes) -> Element:
    """UserInfo."""
    item = Element("UserInfo", {"UserName": user.name or "user", "UserType": user.type})
    if isinstance(user, CertificateUser):
        certificate = user.certificate
        if not certificate.may_encrypt or certificate.public_key.kind is not KeyKind.SM2:
            raise KnownError("crypto.not_for_encryption", subject=certificate.subject)
        wrapped = sm2_encryption.encrypt(certificate.public_key.point, key)
        item.add("UserCert", _text(certificate.der))
    else:
        if len(user.password) < LEAST_PASSWORD:
            raise RefusedError("ofd.encryption.weak_password", least=LEAST_PASSWORD)
        wrapped = b"".join(sm4.encrypt_cbc(bytes(derive_key(user.password.encode())), iv, (key,)))
    item.add("EncryptedWK", _text(wrapped))
    item.add("IVValue", _text(iv))
    return item


def _seed(number: str, scheme: Scheme, users: Sequence[Element]) -> bytes:
    seed = Element("DecyptSeed", {"ID": number, "EncryptCaseId": scheme.value})
    seed.add("ExtendParams")
    seed.children += users
    return seed.to_bytes()


def _map(number: str, places: Mapping[str, str]) -> bytes:
    listed = Element("EncryptEntries", {"ID": number})
    for place, name in places.items():
        listed.add("EncryptEntry", Path=f"/{name}", EPath=f"/{place}")
    return listed.to_bytes()


def _description(
    package: Package, number: str, relative: str, seed_path: str, map_path: str, at: datetime
) -> bytes:
    """Encryptions.xml with one more EncryptInfo."""
    info = Element("EncryptInfo", {"ID": number, "Relative": relative or None})
    info.add("Provider", ProviderName="gongwen", Company="gongwen", Version="1.0")
    info.add("EncryptScope", "All")
    info.add("EncryptDate", at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"))
    info.add("DecryptSeedLoc", f"/{seed_path}")
    info.add("EntriesMapLoc", f"/{map_path}")
    if ENCRYPTIONS not in package:
        return Element("Encryptions", {}, [info]).to_bytes()
    root = xml.parse(package.read(ENCRYPTIONS), ENCRYPTIONS, package.limits)
    root.append(xml.parse(info.to_bytes(), ENCRYPTIONS))
    return xml.serialise(root)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
