"""Encryptions.xml, the key description and the entries map as read (GM/T 0099-2020 Annex C), unjudged.

    Encryptions     { EncryptInfo }
    EncryptInfo     @ID @Relative { Provider, EncryptScope, EncryptDate, DecryptSeedLoc, EntriesMapLoc }
    DecyptSeed      @ID @EncryptCaseId { ExtendParams, UserInfo }
    UserInfo        @UserName @UserType { UserCert, EncryptedWK, IVValue }
    EncryptEntries  @ID { EncryptEntry @Path @EPath @DecryptSeedLoc }

``DecyptSeed`` is the spelling in circulation. No number in these files steers how much is computed.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from enum import StrEnum

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import Limits
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package

ENCRYPTIONS = "Encryptions.xml"
_ENTRY = "OFD.xml"
MAX_LAYERS, MAX_USERS = 8, 1000
_ZERO_IV = bytes(16)


class Scheme(StrEnum):
    """Protection schemes (GM/T 0099-2020 A.1)."""

    PASSWORD = "1.1.1"  # noqa: S105
    CERTIFICATE = "1.1.2"


_SCHEMES = {
    "1.1.1": Scheme.PASSWORD,
    "1.1.2": Scheme.CERTIFICATE,
    "encryptgmpassword": Scheme.PASSWORD,  # the name of the constant instead of its value
    "encryptgmcert": Scheme.CERTIFICATE,
}


@dataclass(frozen=True)
class Layer:
    """One EncryptInfo. ``relative`` is the ID of the encryption that was made before this one."""

    id: str
    relative: str
    seed_path: str
    map_path: str
    date: str


@dataclass(frozen=True)
class User:
    """Who can open the seed. ``type`` is Owner or User; ``certificate`` is DER, empty for a password."""

    name: str
    type: str
    certificate: bytes
    wrapped_key: bytes = field(repr=False)
    iv: bytes = field(repr=False)


@dataclass(frozen=True)
class Seed:
    """A key description. ``scheme`` is None where the file names one that is unknown; ``stated`` is what it
    says. ``digest`` (SM3, hexadecimal) tells seeds apart."""

    id: str
    stated: str
    scheme: Scheme | None
    users: tuple[User, ...]
    digest: str


@dataclass(frozen=True)
class MapEntry:
    """A file and where its ciphertext lies."""

    path: str
    encrypted_path: str
    seed_path: str


def entry_file(package: Package) -> str | None:
    """Where the package describes its encryption: Encryptions.xml, unless OFD.xml names another file."""
    if _ENTRY in package:
        named = _named_in_entry(package)
        if named:
            return package.resolve(_ENTRY, named)
    return package.find(ENCRYPTIONS)


def _named_in_entry(package: Package) -> str:
    data = package.read(_ENTRY)
    if not xml.may_contain(data, "Encryptions"):
        return ""
    root = xml.parse(data, _ENTRY, package.limits)
    return next((xml.text(item) for item in root.iter() if xml.local(item) == "Encryptions"), "")


def is_encrypted(package: Package) -> bool:
    """Whether parts of the package are encrypted and have not been decrypted."""
    if package.decrypted:
        return False
    path = entry_file(package)
    if path is None or path not in package:
        return path is not None
    try:
        root = xml.parse(package.read(path), path, package.limits)
    except KnownError:
        return True
    return xml.child(root, "EncryptInfo") is not None or _ENTRY not in package


def read_layers(package: Package) -> tuple[Layer, ...]:
    """All encryptions, the one made last first. Raises KnownError("ofd.encryption.damaged") and what XML
    raises."""
    path = entry_file(package)
    if path is None or path not in package:
        raise KnownError("ofd.encryption.damaged", part=path or ENCRYPTIONS)
    root = xml.parse(package.read(path), path, package.limits)
    layers = [
        Layer(
            id=item.get("ID", ""),
            relative=item.get("Relative", ""),
            seed_path=_location(package, path, item, "DecryptSeedLoc"),
            map_path=_location(package, path, item, "EntriesMapLoc"),
            date=xml.child_text(item, "EncryptDate"),
        )
        for item in xml.children(root, "EncryptInfo")
    ]
    if not layers or len(layers) > MAX_LAYERS or len({layer.id for layer in layers}) < len(layers):
        raise KnownError("ofd.encryption.damaged", part=path)
    return _outermost_first(layers, path)


def _location(package: Package, base: str, element: xml.Element, name: str) -> str:
    written = xml.child_text(element, name)
    if not written:
        raise KnownError("ofd.encryption.damaged", part=base)
    return package.resolve(base, written)


def _outermost_first(layers: list[Layer], path: str) -> tuple[Layer, ...]:
    """Each layer before the one that it was made upon; a circle is refused."""
    ordered: list[Layer] = []
    waiting = list(reversed(layers))
    while waiting:
        free = [item for item in waiting if not any(other.relative == item.id for other in waiting)]
        if not free:
            raise KnownError("ofd.encryption.damaged", part=path)
        ordered += free
        waiting = [item for item in waiting if item not in free]
    return tuple(ordered)


def read_seed(package: Package, path: str) -> Seed:
    """A key description. Raises KnownError("ofd.encryption.damaged"): missing, no XML, wrong lengths."""
    try:
        data = package.read(path)
        root = xml.parse(data, path, package.limits)
        users = tuple(_user(item) for item in xml.children(root, "UserInfo"))
    except (KnownError, ValueError) as error:
        raise KnownError("ofd.encryption.damaged", part=path) from error
    stated = root.get("EncryptCaseId", "").strip()
    if not users or len(users) > MAX_USERS or xml.local(root) not in ("DecyptSeed", "DecryptSeed"):
        raise KnownError("ofd.encryption.damaged", part=path)
    guessed = Scheme.CERTIFICATE if all(user.certificate for user in users) else Scheme.PASSWORD
    scheme = _SCHEMES.get(stated.lower()) if stated else guessed  # one producer leaves it out
    return Seed(root.get("ID", ""), stated, scheme, users, sm3.digest(data).hex())


def _user(element: xml.Element) -> User:
    iv = _bytes(xml.child_text(element, "IVValue")) or _ZERO_IV
    wrapped = _bytes(xml.child_text(element, "EncryptedWK"))
    if len(iv) != len(_ZERO_IV) or not wrapped:
        raise ValueError("wrong length")
    certificate = _bytes(xml.child_text(element, "UserCert"))
    return User(element.get("UserName", ""), element.get("UserType", "User"), certificate, wrapped, iv)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("not Base64") from error


def read_map(data: bytes, path: str, limits: Limits) -> tuple[MapEntry, ...]:
    """An entries map in plain. Raises KnownError("ofd.encryption.damaged") for what is none."""
    root = xml.parse(data, path, limits)
    if xml.local(root) != "EncryptEntries":
        raise KnownError("ofd.encryption.damaged", part=path)
    items = list(xml.children(root, "EncryptEntry"))
    if len(items) > limits.entries:
        raise KnownError("ofd.encryption.bad_map", path=path)
    return tuple(
        MapEntry(_plain(item.get("Path")), _plain(item.get("EPath")), _plain(item.get("DecryptSeedLoc")))
        for item in items
    )


def _plain(location: str | None) -> str:
    return (location or "").strip().removeprefix("/")
