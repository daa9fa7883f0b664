"""Public keys of certificates (SM2, P-256, P-384, RSA) and the one function that checks their signatures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from gongwen_crypto import algorithms, der, sm2
from gongwen_crypto.errors import KnownError


class KeyKind(StrEnum):
    """The families of keys that this project verifies with."""

    SM2 = "SM2"
    P256 = "P-256"
    P384 = "P-384"
    RSA = "RSA"


@dataclass(frozen=True)
class PublicKey:
    """A public key: its SubjectPublicKeyInfo (DER) and, for the curves, its point 04‖X‖Y."""

    kind: KeyKind
    spki: bytes
    point: bytes = b""

    @classmethod
    def from_spki(cls, spki: bytes) -> PublicKey:
        """Read a SubjectPublicKeyInfo. Raises KnownError("crypto.unsupported_key") for other keys."""
        algorithm, key = der.parse(spki).children()
        oid, *parameters = algorithm.children()
        if oid.oid() in (algorithms.RSA_KEY, algorithms.RSA_PSS):
            return cls(KeyKind.RSA, spki)
        if oid.oid() == algorithms.EC_KEY and parameters and parameters[0].tag == der.OID:
            kind = _CURVES.get(parameters[0].oid())
            point = key.bits()
            if kind and len(point) == _POINT_LENGTHS[kind] and point[0] == 4:
                return cls(kind, spki, point)
        raise KnownError("crypto.unsupported_key", algorithm=oid.oid())

    @classmethod
    def from_point(cls, kind: KeyKind, point: bytes) -> PublicKey:
        """A key from its curve and point 04‖X‖Y."""
        curve = next(oid for oid, curve_kind in _CURVES.items() if curve_kind is kind)
        algorithm = der.sequence((der.oid(algorithms.EC_KEY), der.oid(curve)))
        return cls(kind, der.sequence((algorithm, der.bits(point))), point)


_CURVES = {
    algorithms.SM2_KEY: KeyKind.SM2,
    algorithms.P256_CURVE: KeyKind.P256,
    algorithms.P384_CURVE: KeyKind.P384,
}
_POINT_LENGTHS = {KeyKind.SM2: sm2.POINT_LENGTH, KeyKind.P256: 65, KeyKind.P384: 97}
_MIN_RSA_BITS = 1024  # certificates of legacy seals


def verify_signature(key: PublicKey, algorithm_oid: str, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` over ``message`` is good under ``key`` and ``algorithm_oid``.

    Curve signatures are DER; the raw r‖s form must be converted before. An algorithm that does not fit the
    key, or is not supported, gives False: callers that want to tell the cases apart ask ``algorithms`` first.
    Never raises for bad input.
    """
    if key.kind is KeyKind.SM2:
        return algorithm_oid == algorithms.SM2_WITH_SM3 and sm2.verify(key.point, message, signature)
    try:
        loaded = load_der_public_key(key.spki)
        if isinstance(loaded, ec.EllipticCurvePublicKey) and algorithm_oid in _ECDSA_HASHES:
            loaded.verify(signature, message, ec.ECDSA(_ECDSA_HASHES[algorithm_oid]))
            return True
        if isinstance(loaded, rsa.RSAPublicKey) and loaded.key_size >= _MIN_RSA_BITS:
            method = _RSA_HASHES.get(algorithm_oid)
            if method is not None:
                loaded.verify(signature, message, padding.PKCS1v15(), method)
                return True
            method = _PSS_HASHES.get(algorithm_oid)
            if method is not None:
                mask = padding.MGF1(method)
                loaded.verify(signature, message, padding.PSS(mask, padding.PSS.AUTO), method)
                return True
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return False


_RSA_HASHES: dict[str, hashes.HashAlgorithm] = {
    algorithms.SHA256_WITH_RSA: hashes.SHA256(),
    algorithms.SHA384_WITH_RSA: hashes.SHA384(),
    algorithms.SHA512_WITH_RSA: hashes.SHA512(),
    algorithms.SHA1_WITH_RSA: hashes.SHA1(),  # noqa: S303 - policy marks it weak; the caller degrades it
}
_PSS_HASHES: dict[str, hashes.HashAlgorithm] = {
    f"{algorithms.RSA_PSS}/SHA256": hashes.SHA256(),
    f"{algorithms.RSA_PSS}/SHA384": hashes.SHA384(),
    f"{algorithms.RSA_PSS}/SHA512": hashes.SHA512(),
    f"{algorithms.RSA_PSS}/SHA1": hashes.SHA1(),  # noqa: S303 - weak, as above
}
# MD5 is not in these tables: a collision costs seconds, so such a signature proves nothing.
_ECDSA_HASHES: dict[str, hashes.HashAlgorithm] = {
    algorithms.ECDSA_WITH_SHA256: hashes.SHA256(),
    algorithms.ECDSA_WITH_SHA384: hashes.SHA384(),
    algorithms.ECDSA_WITH_SHA512: hashes.SHA512(),
}
