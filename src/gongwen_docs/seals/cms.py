"""SignedData of GB/T 35275-2017 (and of RFC 5652) as OFD signatures and time-stamp tokens use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongwen_crypto import algorithms, der
from gongwen_crypto.der import Node
from gongwen_crypto.errors import KnownError
from gongwen_docs.seals.model import Kind, SignedValue
from gongwen_docs.seals.times import parse_time

_SIGNED_DATA = frozenset({"1.2.156.10197.6.1.4.2.2", "1.2.840.113549.1.7.2"})
_MESSAGE_DIGEST, _SIGNING_TIME = "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
_TAG_0, _TAG_1 = 0xA0, 0xA1
# SignerInfo may name the key instead of the whole algorithm; RSA is then meant with its digest.
_SM2_NAMES = frozenset({algorithms.SM2_KEY, f"{algorithms.SM2_KEY}.1", algorithms.EC_KEY})
_RSA_WITH = {"SHA256": algorithms.SHA256_WITH_RSA, "SHA1": algorithms.SHA1_WITH_RSA}


@dataclass(frozen=True)
class SignedData:
    """A SignedData with one signer, unjudged."""

    content: bytes | None  # None: detached
    certificates: tuple[bytes, ...]
    own_certificate: bytes  # of the signer; empty when not carried
    attributes: Mapping[str, Node] | None  # first value of each signed attribute by OID
    algorithm: str  # dotted OID of the signature algorithm
    signature: bytes
    signed_part: bytes | None  # what the signature is over; None: the detached content

    @property
    def message_digest(self) -> bytes | None:
        """The signed attribute messageDigest."""
        if self.attributes is None or _MESSAGE_DIGEST not in self.attributes:
            return None
        return self.attributes[_MESSAGE_DIGEST].octets()


def parse_signed_data(data: bytes) -> SignedData:
    """Read DER or BER. Raises KnownError("crypto.bad_der") and ValueError."""
    kind, wrapped = der.parse(data).children()
    if kind.oid() not in _SIGNED_DATA:
        raise KnownError("crypto.bad_der", reason="not SignedData")
    fields = wrapped.children()[0].children()
    content = _content(fields[2])
    listed = (field for field in fields[3:] if field.tag == _TAG_0)
    certificates = tuple(item.encoded for field in listed for item in field.children())
    signers = [signer for field in fields[3:] if field.tag == der.SET for signer in field.children()]
    if len(signers) != 1:
        raise KnownError("crypto.bad_der", reason="one signer is due")
    signer = signers[0].children()
    attributes = next((item for item in signer[3:] if item.tag == _TAG_0), None)
    algorithm, value = [item for item in signer[3:] if item.tag not in (_TAG_0, _TAG_1)][:2]
    return SignedData(
        content=content,
        certificates=certificates,
        own_certificate=_own_certificate(signer[1], certificates),
        attributes=None if attributes is None else _attributes(attributes),
        algorithm=_algorithm(signer[2], algorithm),
        signature=value.octets(),
        signed_part=content if attributes is None else bytes((der.SET,)) + attributes.encoded[1:],
    )


def parse_cms(data: bytes) -> SignedValue:
    """Read the SignedValue.dat of a signature of type Sign. Raises as :func:`parse_signed_data`."""
    signed = parse_signed_data(data)
    time_text = ""
    if signed.attributes is not None and _SIGNING_TIME in signed.attributes:
        time_text = signed.attributes[_SIGNING_TIME].text()
    own = signed.own_certificate
    return SignedValue(
        kind=Kind.CMS,
        seal=None,
        time=parse_time(time_text) if time_text else None,
        time_text=time_text,
        data_hash=(signed.content if signed.attributes is None else signed.message_digest) or b"",
        property_info="",
        certificate=own,
        other_certificates=tuple(item for item in signed.certificates if item != own),
        algorithm=signed.algorithm,
        signature=signed.signature,
        signed_part=signed.signed_part,
        time_stamp=None,
        raw=data,
    )


def covers(value: SignedValue, protected: bytes) -> bool:
    """Whether the signed content of a CMS speaks about ``protected`` (the bytes of Signature.xml).

    Habits seen: the content is Signature.xml itself, or its digest, or absent; with signed attributes
    messageDigest is the digest of that content.
    """
    digest = algorithms.digest_of_signature(value.algorithm)
    if digest is None:
        return False
    signed = parse_signed_data(value.raw)
    if (
        None not in (signed.content, signed.attributes)
        and digest.of(signed.content or b"") != value.data_hash
    ):
        return False  # the content carried along is not what the attributes speak of (RFC 5652 5.6)
    once = digest.of(protected)
    return value.signed_part is None or value.data_hash in (protected, once, digest.of(once))


def _content(info: Node) -> bytes | None:
    parts = info.children()
    if len(parts) < 2:
        return None
    inner = parts[1].children()[0]
    if inner.tag != der.OCTET_STRING and inner.tag & 0x1F == der.OCTET_STRING:  # BER: a string in pieces
        return b"".join(piece.octets() for piece in inner.children())
    return inner.octets()


def _algorithm(digest: Node, signature: Node) -> str:
    named = signature.children()[0].oid()
    if named in _SM2_NAMES:
        return algorithms.SM2_WITH_SM3
    known = algorithms.digest(digest.children()[0].oid())
    if named == algorithms.RSA_KEY and known is not None:
        return _RSA_WITH.get(known.name, named)
    return named


def _attributes(node: Node) -> dict[str, Node]:
    pairs = (item.children() for item in node.children())
    return {name.oid(): values.children()[0] for name, values, *_ in pairs}


def _own_certificate(issuer_and_serial: Node, certificates: tuple[bytes, ...]) -> bytes:
    """The certificate that SignerInfo names by issuer and serial number."""
    issuer, serial = issuer_and_serial.children()
    for encoded in certificates:
        body = der.parse(encoded).children()[0].children()
        numbered = body[1:] if body[0].tag == _TAG_0 else body
        if numbered[0].content == serial.content and numbered[2].encoded == issuer.encoded:
            return encoded
    return b""
