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

from gongwen_crypto import algorithms, sm2
from gongwen_crypto.errors import BugError, KnownError
from gongwen_crypto.keys import KeyKind, PublicKey
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


class Output(StrEnum):
    """What the mechanism gives: r‖s in 64 bytes, DER, or (RSA) the value as it is."""

    RAW64 = "raw64"
    DER = "der"
    PLAIN = "plain"


class Hotplug(StrEnum):
    """How a module notices tokens. RELOAD: only after C_Finalize and C_Initialize."""

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

    def finish(self, value: bytes) -> bytes:
        """The DER (or RSA) signature value from what C_Sign returned.

        Raises KnownError("token.signature_mismatch") when it has not the stated form.
        """
        if self.output is not Output.RAW64:
            return value
        if len(value) != sm2.RAW_SIGNATURE_LENGTH:
            raise KnownError("token.signature_mismatch")
        return sm2.signature_from_raw(value)


@dataclass(frozen=True)
class SealObject:
    """Where the seal lies on the token: CKO_DATA whose label and application match these patterns."""

    label: str = "*"
    application: str = "SESeal"


@dataclass(frozen=True)
class ModuleProfile:
    """Everything the driver needs to know of one kind of module. PIN lengths are in characters."""

    name: str
    title: str
    manufacturer: str = "*"
    file: str = "*"
    hotplug: Hotplug = Hotplug.POLL
    min_pin: int = 6
    max_pin: int = 16
    seal: SealObject = field(default_factory=SealObject)
    verification_label: str = ""
    rules: dict[KeyKind, SignRule] = field(default_factory=dict)

    def matches(self, manufacturer: str, file_name: str) -> bool:
        """Whether this profile is for a module that states this manufacturerID and has this file name."""
        return fnmatch.fnmatch(manufacturer, self.manufacturer) and fnmatch.fnmatch(file_name, self.file)


@dataclass(frozen=True)
class ModuleConfig:
    """A module to load; an empty ``profile`` means: the one that matches what the module says of itself."""

    library: Path
    profile: str = ""


def load_profiles(folder: Path | None = None) -> tuple[ModuleProfile, ...]:
    """All profiles, the generic one last. Raises BugError("token.bad_profile") naming the file."""
    profiles = []
    for path in sorted((folder or resource_path("token_modules")).glob("*.toml")):
        try:
            profiles.append(_parse(path.stem, tomllib.loads(path.read_text("utf-8"))))
        except (ValueError, KeyError, TypeError) as error:
            raise BugError("token.bad_profile", file=path.name, reason=str(error)) from error
    return tuple(sorted(profiles, key=lambda profile: profile.name == "generic"))


def choose_profile(name: str, manufacturer: str, file_name: str) -> ModuleProfile:
    """The profile called ``name``, or without a name the first that matches.

    Raises KnownError("token.no_profile").
    """
    for profile in load_profiles():
        if profile.name == name or (not name and profile.matches(manufacturer, file_name)):
            return profile
    raise KnownError("token.no_profile", module=file_name)


def _parse(name: str, document: dict[str, Any]) -> ModuleProfile:
    match = document.get("match", {})
    pin = document.get("pin", {})
    return ModuleProfile(
        name=name,
        title=document["title"],
        manufacturer=match.get("manufacturer", "*"),
        file=match.get("file", "*"),
        hotplug=Hotplug(document.get("hotplug", Hotplug.POLL)),
        min_pin=int(pin.get("min", 6)),
        max_pin=int(pin.get("max", 16)),
        seal=SealObject(**document.get("seal_object", {})),
        verification_label=document.get("verification_label", ""),
        rules={KeyKind(kind): _rule(rule) for kind, rule in document.get("sign", {}).items()},
    )


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
