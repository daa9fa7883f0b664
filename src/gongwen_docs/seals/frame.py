"""The unsigned frame of a SignedData (GB/T 35275-2017, RFC 5652): each part of it in the one form that fits.

Version numbers, the repeated names of algorithms and the tags around them lie outside of what is signed. They
carry nothing, so they may say nothing else: whoever could vary them could make many files of one signature.
"""

from __future__ import annotations

from gongwen_crypto import algorithms, der
from gongwen_crypto.cms import TIME_STAMP
from gongwen_crypto.der import Node
from gongwen_crypto.errors import KnownError

_VERSIONS = {  # of SignedData by content (RFC 5652 5.1)
    "1.2.156.10197.6.1.4.2.1": 1,  # data, GB/T 35275
    "1.2.840.113549.1.7.1": 1,  # data, RFC 5652
    "1.2.840.113549.1.9.16.1.4": 3,  # TSTInfo, RFC 3161
}
_SIGNER_VERSION = 1  # who is named by issuer and serial number
_SIGNATURES = frozenset(
    {
        *(algorithms.SM2_KEY, f"{algorithms.SM2_KEY}.1", algorithms.SM2_WITH_SM3, algorithms.EC_KEY),
        *(algorithms.RSA_KEY, algorithms.SHA256_WITH_RSA, algorithms.SHA1_WITH_RSA),
        algorithms.ECDSA_WITH_SHA256,
    }
)
_NULL = b"\x05\x00"
_TAG_0, _TAG_1 = 0xA0, 0xA1


def is_plain(data: bytes) -> bool:
    """Whether a SignedData with one signer is exactly its own canonical form. Never raises for bad input."""
    try:
        kind, wrapped = der.parse(data).sequence()
        (body,) = wrapped.children()
        version, digests, content, *more = body.sequence()
        (signer,) = more[-1].children()
        rebuilt = der.sequence(
            (
                der.oid(kind.oid()),
                der.encode(
                    _TAG_0,
                    der.sequence(
                        (
                            _version(version, _VERSIONS[content.sequence()[0].oid()]),
                            der.encode(der.SET, _digest(digests.children()[0], signer)),
                            _content(content),
                            *(_helpers(node) for node in more[:-1]),
                            der.encode(der.SET, _signer(signer)),
                        )
                    ),
                ),
            )
        )
    except (KnownError, ValueError, IndexError, KeyError):
        return False
    return rebuilt == data


def _version(node: Node, due: int) -> bytes:
    if node.integer() != due:
        raise ValueError("version")
    return der.integer(due)


def _digest(node: Node, signer: Node) -> bytes:
    """One digest algorithm, named alike in both places and the one of the signature."""
    named = signer.sequence()[2]
    if algorithms.digest(node.sequence()[0].oid()) != algorithms.digest(named.sequence()[0].oid()):
        raise ValueError("two digests")
    return _algorithm(node)


def _algorithm(node: Node) -> bytes:
    name, *parameters = node.sequence()
    if parameters and (len(parameters) > 1 or parameters[0].encoded != _NULL):
        raise ValueError("parameters")
    if algorithms.digest(name.oid()) is None and name.oid() not in _SIGNATURES:
        raise ValueError("unknown algorithm")
    return der.sequence((der.oid(name.oid()), *(item.encoded for item in parameters)))


def _content(node: Node) -> bytes:
    kind, *wrapped = node.sequence()
    inner = [
        der.encode(_TAG_0, der.encode(der.OCTET_STRING, item.children()[0].octets())) for item in wrapped
    ]
    return der.sequence((der.oid(kind.oid()), *inner))


def _helpers(node: Node) -> bytes:
    """Certificates and revocation lists: signed by others, each in a frame of its own."""
    if node.tag not in (_TAG_0, _TAG_1):
        raise ValueError("field")
    return der.encode(node.tag, b"".join(_signed_by_others(item) for item in node.children()))


def _signed_by_others(node: Node) -> bytes:
    """SIGNED of X.509: what was signed, an algorithm that it names as well, whole bytes of a value."""
    signed, algorithm, value = node.sequence()
    if all(inner.encoded != algorithm.encoded for inner in signed.sequence()):
        raise ValueError("two algorithms")
    return der.sequence((signed.encoded, algorithm.encoded, der.bits(value.whole_bits())))


def _signer(node: Node) -> bytes:
    version, identity, digest, *rest = node.sequence()
    issuer, serial = identity.sequence()
    serial.integer()
    attributes = [rest.pop(0)] if rest[0].tag == _TAG_0 else []
    algorithm, value, *unsigned = rest
    return der.sequence(
        (
            _version(version, _SIGNER_VERSION),
            der.sequence((issuer.encoded, serial.encoded)),
            _algorithm(digest),
            *(der.encode(_TAG_0, item.content) for item in attributes),
            _algorithm(algorithm),
            der.encode(der.OCTET_STRING, value.octets()),
            *(_time_stamp(item) for item in unsigned),
        )
    )


def _time_stamp(node: Node) -> bytes:
    """The one unsigned attribute that means something: a token, plain itself (RFC 3161 appendix A)."""
    ((name, values),) = (item.sequence() for item in node.children())
    (token,) = values.children()
    if node.tag != _TAG_1 or name.oid() != TIME_STAMP or not is_plain(token.encoded):
        raise ValueError("unsigned attribute")
    attribute = der.sequence((der.oid(TIME_STAMP), der.encode(der.SET, token.encoded)))
    return der.encode(_TAG_1, attribute)
