"""How each PKCS#11 module wants to be driven: data in ``resources/token_modules/*.toml``, no code.

PKCS#11 defines no SM2 mechanism, so each vendor uses numbers of its own, and the same number means different
things in different modules. Mechanisms are therefore never tried out: a profile states them.
"""

from __future__ import annotations

import fnmatch
import hashlib
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from gongwen_client.token.pin import PinCharset
from gongwen_crypto import algorithms, sm2
from gongwen_crypto.errors import BugError, KnownError
from gongwen_crypto.keys import KeyKind, PublicKey
from gongwen_crypto.sm2_encryption import Ciphertext, Order
from gongwen_protocol.resources import resource_path

ALGORITHM_OF_KIND = {
    KeyKind.SM2: algorithms.SM2_WITH_SM3,
    KeyKind.P256: algorithms.ECDSA_WITH_SHA256,
    KeyKind.RSA: algorithms.SHA256_WITH_RSA,
}
_SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


class Input(StrEnum):
    """What the mechanism takes. E is the SM2 digest SM3(Z‖M); HASH is the plain SHA-256 of the message."""

    MESSAGE = "message"
    E = "e"
    HASH = "hash"
    DIGEST_INFO = "digest_info"


class Login(StrEnum):
    """What one log-in is good for. PER_SIGNATURE: one private-key operation, as keys with a PIN pad want."""

    PER_SESSION = "per_session"
    PER_SIGNATURE = "per_signature"


class Output(StrEnum):
    """What the mechanism gives: r‖s in 64 bytes, DER, or (RSA) the value as it is."""

    RAW64 = "raw64"
    DER = "der"
    PLAIN = "plain"


class CipherForm(StrEnum):
    """What C_Decrypt takes: DER (GM/T 0009), or the bare parts with the hash before or after the text."""

    DER = "der"
    C1C3C2 = "c1c3c2"
    C1C2C3 = "c1c2c3"


class Hotplug(StrEnum):
    """How a module notices tokens. WAIT: it tells events, asked for without blocking, and its slots are read
    again only after one. POLL: its slots are read each time. RELOAD: it sees what changed only after
    C_Finalize and C_Initialize."""

    WAIT = "wait"
    POLL = "poll"
    RELOAD = "reload"


@dataclass(frozen=True)
class SignRule:
    """One key family of a module. ``z_by`` matters for SM2 with input ``message`` only: the host puts Z in
    front of the message, or the token computes it (then ``id_param`` may hand it the signer's ID)."""

    mech_sign: int
    input: Input
    output: Output
    z_by_token: bool = False
    id_param: bytes = b""

    def prepare(self, key: PublicKey, message: bytes) -> bytes:
        """The bytes for C_Sign."""
        match self.input:
            case Input.E:
                return sm2.message_digest(key.point, message)
            case Input.HASH:
                return hashlib.sha256(message).digest()
            case Input.DIGEST_INFO:
                return _SHA256_DIGEST_INFO + hashlib.sha256(message).digest()
            case Input.MESSAGE if key.kind is KeyKind.SM2 and not self.z_by_token:
                return sm2.identity_digest(key.point) + message
            case Input.MESSAGE:
                return message

    def finish(self, value: bytes) -> bytes | None:
        """The DER (or RSA) signature value from what C_Sign returned; None when its form is another."""
        if self.output is not Output.RAW64:
            return value
        return sm2.signature_from_raw(value) if len(value) == sm2.RAW_SIGNATURE_LENGTH else None


@dataclass(frozen=True)
class DecryptRule:
    """How a module decrypts with an SM2 encryption key: the mechanism and the form of the ciphertext."""

    mech_decrypt: int
    cipher: CipherForm

    def prepare(self, ciphertext: Ciphertext) -> bytes:
        """The bytes for C_Decrypt."""
        match self.cipher:
            case CipherForm.DER:
                return ciphertext.to_der()
            case CipherForm.C1C3C2:
                return ciphertext.to_raw(Order.C1C3C2)
            case CipherForm.C1C2C3:
                return ciphertext.to_raw(Order.C1C2C3)


@dataclass(frozen=True)
class SealObject:
    """Where the seal lies on the token: CKO_DATA whose label and application match these patterns."""

    label: str = "*"
    application: str = "SESeal"


@dataclass(frozen=True)
class ModuleProfile:
    """Everything the driver needs to know of one kind of module. PIN lengths are in characters.

    ``key_types`` are the CKA_KEY_TYPE numbers under which the module keeps SM2 keys; where several private
    keys share a certificate's CKA_ID they tell the right one. ``pin_charset`` names who may type what:
    any, ascii or digits.
    """

    name: str
    title: str
    manufacturer: str = "*"
    version: str = "*"
    file: str = "*"
    hotplug: Hotplug = Hotplug.POLL
    login: Login = Login.PER_SESSION
    min_pin: int = 6
    max_pin: int = 16
    pin_charset: PinCharset = PinCharset.ANY
    key_types: frozenset[int] = frozenset()
    seal: SealObject = field(default_factory=SealObject)
    verification_label: str = ""
    rules: dict[KeyKind, SignRule] = field(default_factory=dict)
    decrypt: DecryptRule | None = None

    def matches(self, manufacturer: str, file_name: str, version: str = "") -> bool:
        """Whether this profile is for a module that states this manufacturerID and libraryVersion (CK_INFO)
        and has this file name."""
        return (
            fnmatch.fnmatch(manufacturer, self.manufacturer)
            and fnmatch.fnmatch(file_name, self.file)
            and fnmatch.fnmatch(version, self.version)
        )


@dataclass(frozen=True)
class ModuleConfig:
    """A library to load. ``profile`` names one of the program's own, or is the path of a file of one's own
    (``*.toml``); empty means: the one that matches what the library says of itself."""

    library: Path
    profile: str = ""


def load_profiles(folder: Path | None = None) -> tuple[ModuleProfile, ...]:
    """All profiles, the generic one last. Raises BugError("token.bad_profile") naming the file."""
    paths = (folder or resource_path("token_modules")).glob("*.toml")
    profiles = [read_profile(path) for path in sorted(paths)]
    return tuple(sorted(profiles, key=lambda profile: profile.name == "generic"))


def read_profile(path: Path) -> ModuleProfile:
    """One profile. Raises BugError("token.bad_profile") naming the file."""
    try:
        return _parse(path.stem, tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BugError("token.bad_profile", file=path.name, reason=str(error)) from error


def choose_profile(name: str, manufacturer: str, file_name: str, version: str = "") -> ModuleProfile:
    """The profile called ``name``, or without a name the first that matches; ``version`` is like 2.1.

    A name that ends in .toml is the path of a profile of one's own. Raises KnownError("token.no_profile"),
    BugError("token.bad_profile").
    """
    if name.endswith(".toml"):
        return read_profile(Path(name))
    for profile in load_profiles():
        if profile.name == name or (not name and profile.matches(manufacturer, file_name, version)):
            return profile
    raise KnownError("token.no_profile", module=file_name)


def _parse(name: str, document: dict[str, Any]) -> ModuleProfile:
    match = document.get("match", {})
    pin = document.get("pin", {})
    return ModuleProfile(
        name=name,
        title=document["title"],
        manufacturer=match.get("manufacturer", "*"),
        version=match.get("version", "*"),
        file=match.get("file", "*"),
        hotplug=Hotplug(document.get("hotplug", Hotplug.POLL)),
        login=Login(document.get("login", Login.PER_SESSION)),
        min_pin=int(pin.get("min", 6)),
        max_pin=int(pin.get("max", 16)),
        pin_charset=PinCharset(pin.get("charset", PinCharset.ANY)),
        key_types=frozenset(int(number) for number in document.get("key_types", ())),
        seal=SealObject(**document.get("seal_object", {})),
        verification_label=document.get("verification_label", ""),
        rules={KeyKind(kind): _rule(rule) for kind, rule in document.get("sign", {}).items()},
        decrypt=_decrypt_rule(document.get("decrypt", {}).get(KeyKind.SM2)),
    )


def _decrypt_rule(document: dict[str, Any] | None) -> DecryptRule | None:
    if document is None:
        return None
    return DecryptRule(int(document["mech_decrypt"]), CipherForm(document["cipher"]))


def _rule(document: dict[str, Any]) -> SignRule:
    id_param = document.get("id_param", "none")
    if id_param not in ("none", "default_id") or document.get("z_by", "host") not in ("host", "token"):
        raise ValueError("id_param or z_by")
    return SignRule(
        mech_sign=int(document["mech_sign"]),
        input=Input(document["input"]),
        output=Output(document["output"]),
        z_by_token=document.get("z_by", "host") == "token",
        id_param=sm2.DEFAULT_ID if id_param == "default_id" else b"",
    )
