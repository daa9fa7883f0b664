"""Names and OIDs of hash and signature algorithms, and what today's policy thinks of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from gongwen_crypto import der, sm3
from gongwen_crypto.errors import KnownError
from gongwen_crypto.sm3 import Hasher

SM2_KEY = "1.2.156.10197.1.301"
SM2_ENCRYPTION = "1.2.156.10197.1.301.3"
SM4_CBC = "1.2.156.10197.1.104.2"
SM3 = "1.2.156.10197.1.401"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
EC_KEY = "1.2.840.10045.2.1"
P256_CURVE = "1.2.840.10045.3.1.7"
RSA_KEY = "1.2.840.113549.1.1.1"
P384_CURVE = "1.3.132.0.34"
ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2"
ECDSA_WITH_SHA384 = "1.2.840.10045.4.3.3"
ECDSA_WITH_SHA512 = "1.2.840.10045.4.3.4"
MD5_WITH_RSA = "1.2.840.113549.1.1.4"
SHA1_WITH_RSA = "1.2.840.113549.1.1.5"
SHA256_WITH_RSA = "1.2.840.113549.1.1.11"
SHA384_WITH_RSA = "1.2.840.113549.1.1.12"
SHA512_WITH_RSA = "1.2.840.113549.1.1.13"
RSA_PSS = "1.2.840.113549.1.1.10"
RSA_SIGNATURES = frozenset({MD5_WITH_RSA, SHA1_WITH_RSA, SHA256_WITH_RSA, SHA384_WITH_RSA, SHA512_WITH_RSA})

_PSS_HASH, _PSS_MASK = 0xA0, 0xA1


class Strength(StrEnum):
    """Policy: ``good`` counts fully, ``weak`` only with a warning, ``refused`` proves nothing."""

    GOOD = "good"
    WEAK = "weak"
    REFUSED = "refused"


@dataclass(frozen=True)
class Digest:
    """A hash algorithm as documents name it."""

    name: str
    new: Callable[[], Hasher]
    strength: Strength

    def of(self, data: bytes) -> bytes:
        """Digest of ``data``."""
        hasher = self.new()
        hasher.update(data)
        return hasher.digest()


_SM3 = Digest("SM3", sm3.new, Strength.GOOD)
_SHA256 = Digest("SHA256", hashlib.sha256, Strength.GOOD)
_SHA384 = Digest("SHA384", hashlib.sha384, Strength.GOOD)
_SHA512 = Digest("SHA512", hashlib.sha512, Strength.GOOD)
_SHA1 = Digest("SHA1", lambda: hashlib.sha1(usedforsecurity=False), Strength.WEAK)
_MD5 = Digest("MD5", lambda: hashlib.md5(usedforsecurity=False), Strength.REFUSED)

_DIGESTS = {
    SM3: _SM3,
    "1.2.156.10197.1.401.1": _SM3,
    "sm3": _SM3,
    "2.16.840.1.101.3.4.2.1": _SHA256,
    "sha256": _SHA256,
    "sha-256": _SHA256,
    "2.16.840.1.101.3.4.2.2": _SHA384,
    "sha384": _SHA384,
    "2.16.840.1.101.3.4.2.3": _SHA512,
    "sha512": _SHA512,
    "1.3.14.3.2.26": _SHA1,
    "sha1": _SHA1,
    "sha-1": _SHA1,
    "1.2.840.113549.2.5": _MD5,
    "md5": _MD5,
}

_SIGNATURE_DIGESTS = {
    SM2_WITH_SM3: _SM3,
    ECDSA_WITH_SHA256: _SHA256,
    ECDSA_WITH_SHA384: _SHA384,
    ECDSA_WITH_SHA512: _SHA512,
    SHA256_WITH_RSA: _SHA256,
    SHA384_WITH_RSA: _SHA384,
    SHA512_WITH_RSA: _SHA512,
    SHA1_WITH_RSA: _SHA1,
    MD5_WITH_RSA: _MD5,
}

# RSASSA-PSS has one OID for all hashes; here each gets a name of its own, "OID/hash".
PSS_SIGNATURES = {f"{RSA_PSS}/{known.name}": known for known in (_SHA256, _SHA384, _SHA512, _SHA1)}
_SIGNATURE_DIGESTS |= PSS_SIGNATURES

_DIGEST_OIDS = {
    "SM3": SM3,
    "SHA256": "2.16.840.1.101.3.4.2.1",
    "SHA384": "2.16.840.1.101.3.4.2.2",
    "SHA512": "2.16.840.1.101.3.4.2.3",
    "SHA1": "1.3.14.3.2.26",
    "MD5": "1.2.840.113549.2.5",
}


def digest(name_or_oid: str) -> Digest | None:
    """The hash algorithm called so in a document (CheckMethod and kin), or None when it is none of ours.

    The arc of HMAC-SM3 (…401.2) is deliberately unknown: some producers state it, but a keyed hash without
    a key says nothing about what was computed.
    """
    return _DIGESTS.get(name_or_oid.strip().lower())


def digest_of_signature(algorithm_oid: str) -> Digest | None:
    """The hash algorithm inside a signature algorithm, or None when the latter is not supported."""
    return _SIGNATURE_DIGESTS.get(algorithm_oid)


def signature_named(oid: str, parameters: bytes | None) -> str:
    """The name of a signature algorithm from its AlgorithmIdentifier: its OID, which for RSASSA-PSS is
    completed by the hash that ``parameters`` (DER) state (RFC 4055 3.1).

    Parameters that cannot be read, or whose mask is made with another hash, leave the bare OID, which is not
    supported. The length of the salt is left to the verification.
    """
    if oid != RSA_PSS:
        return oid
    try:
        stated = {item.tag: item.children()[0] for item in der.parse(parameters or b"").sequence()}
        hashed = _DIGESTS[stated[_PSS_HASH].children()[0].oid()] if _PSS_HASH in stated else _SHA1
        mask = stated.get(_PSS_MASK)
        masked = _SHA1 if mask is None else _DIGESTS[mask.children()[1].children()[0].oid()]
    except (KnownError, LookupError, ValueError):
        return oid
    name = f"{RSA_PSS}/{hashed.name}"
    return name if hashed is masked and name in PSS_SIGNATURES else oid


def digest_oid(algorithm_oid: str) -> str:
    """The OID of the hash inside a supported signature algorithm. Raises KeyError for another one."""
    return _DIGEST_OIDS[_SIGNATURE_DIGESTS[algorithm_oid].name]


def signature_with(key_oid: str, digest: Digest) -> str | None:
    """The signature algorithm of a key named without its hash, as SignerInfo may do, or None."""
    prefix = {RSA_KEY: "1.2.840.113549.1.1.", EC_KEY: "1.2.840.10045.4.3."}.get(key_oid)
    if prefix is None:
        return None
    fitting = (oid for oid, known in _SIGNATURE_DIGESTS.items() if known is digest and oid.startswith(prefix))
    return next(fitting, None)
