"""SignedData of GB/T 35275-2017 (GM/T 0010) and of RFC 5652: read what came, write what is needed.

The two differ in the OIDs of their content types only. Time-stamp tokens, signatures of type Sign in OFD
packages and most signatures in PDF files are SignedData with one signer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from gongwen_crypto import algorithms, der
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.der import Node
from gongwen_crypto.errors import KnownError
from gongwen_crypto.signer import Signer

DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
GM_DATA, GM_SIGNED_DATA = "1.2.156.10197.6.1.4.2.1", "1.2.156.10197.6.1.4.2.2"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = (f"1.2.840.113549.1.9.{arc}" for arc in (3, 4, 5))
TIME_STAMP, SIGNING_CERTIFICATE_V2 = (f"1.2.840.113549.1.9.16.2.{arc}" for arc in (14, 47))
_MAX_CERTIFICATES = 64  # carried by real signatures: one to four
_TAG_0, _TAG_1 = 0xA0, 0xA1
# SignerInfo may name the key instead of the whole algorithm; its digest completes it.
_SM2_NAMES = frozenset({algorithms.SM2_KEY, f"{algorithms.SM2_KEY}.1"})


@dataclass(frozen=True)
class SignedData:
    """A SignedData with one signer, unjudged."""

    content: bytes | None  # None: detached
    content_type: str  # dotted OID
    certificates: tuple[bytes, ...]
    own_certificate: bytes  # of the signer; empty when not carried
    attributes: Mapping[str, Node] | None  # first value of each signed attribute by OID
    unsigned_attributes: Mapping[str, Node]
    digest_algorithm: str  # dotted OID
    algorithm: str  # dotted OID of the signature algorithm
    signature: bytes
    signed_part: bytes | None  # what the signature is over; None: the detached content

    @property
    def message_digest(self) -> bytes | None:
        """The signed attribute messageDigest."""
        if self.attributes is None or MESSAGE_DIGEST not in self.attributes:
            return None
        return self.attributes[MESSAGE_DIGEST].octets()

    def signs(self, content: bytes, certificate: Certificate) -> bool:
        """Whether the holder of ``certificate`` signed ``content``. Never raises for bad input."""
        digest = algorithms.digest_of_signature(self.algorithm)
        if digest is None:
            return False
        if self.attributes is not None and self.message_digest != digest.of(content):
            return False
        message = content if self.attributes is None else self.signed_part
        assert message is not None, "signed attributes are always a signed part"
        return verify_signature(certificate.public_key, self.algorithm, message, self.signature)


def parse_signed_data(data: bytes) -> SignedData:
    """Read DER or BER. Raises KnownError("crypto.bad_der") and ValueError."""
    kind, wrapped = der.parse(data).children()
    if kind.oid() not in (SIGNED_DATA, GM_SIGNED_DATA):
        raise KnownError("crypto.bad_der", reason="not SignedData")
    fields = wrapped.children()[0].children()
    if len(fields) < 4:
        raise KnownError("crypto.bad_der", reason="SignedData is cut")
    content_type, content = _content(fields[2])
    listed = (field for field in fields[3:] if field.tag == _TAG_0)
    certificates = tuple(item.encoded for field in listed for item in field.children())
    if len(certificates) > _MAX_CERTIFICATES:
        raise KnownError("crypto.bad_der", reason="too many certificates")
    signers = [signer for field in fields[3:] if field.tag == der.SET for signer in field.children()]
    if len(signers) != 1:
        raise KnownError("crypto.bad_der", reason="one signer is due")
    signer = signers[0].children()
    if len(signer) < 5:
        raise KnownError("crypto.bad_der", reason="SignerInfo is cut")
    attributes = next((item for item in signer[3:] if item.tag == _TAG_0), None)
    unsigned = next((item for item in signer[3:] if item.tag == _TAG_1), None)
    algorithm, value = [item for item in signer[3:] if item.tag not in (_TAG_0, _TAG_1)][:2]
    return SignedData(
        content=content,
        content_type=content_type,
        certificates=certificates,
        own_certificate=_own_certificate(signer[1], certificates),
        attributes=None if attributes is None else _attributes(attributes),
        unsigned_attributes={} if unsigned is None else _attributes(unsigned),
        digest_algorithm=signer[2].children()[0].oid(),
        algorithm=_algorithm(signer[2], algorithm),
        signature=value.octets(),
        signed_part=content if attributes is None else bytes((der.SET,)) + attributes.encoded[1:],
    )


def _content(info: Node) -> tuple[str, bytes | None]:
    parts = info.children()
    if len(parts) < 2:
        return parts[0].oid(), None
    inner = parts[1].children()[0]
    if inner.tag != der.OCTET_STRING and inner.tag & 0x1F == der.OCTET_STRING:  # BER: a string in pieces
        return parts[0].oid(), b"".join(piece.octets() for piece in inner.children())
    return parts[0].oid(), inner.octets()


def _algorithm(digest: Node, signature: Node) -> str:
    name, *parameters = signature.children()
    named = name.oid()
    if named == algorithms.RSA_PSS:
        return algorithms.signature_named(named, parameters[0].encoded if parameters else None)
    if named in _SM2_NAMES:
        return algorithms.SM2_WITH_SM3
    known = algorithms.digest(digest.children()[0].oid())
    if known is None:
        return named
    if named == algorithms.EC_KEY and known.name == "SM3":
        return algorithms.SM2_WITH_SM3
    return algorithms.signature_with(named, known) or named


def _attributes(node: Node) -> dict[str, Node]:
    """First value by OID. An attribute given twice would let two readers see two values."""
    found: dict[str, Node] = {}
    for item in node.children():
        name, values, *_ = item.children()
        if name.oid() in found:
            raise KnownError("crypto.bad_der", reason="an attribute is given twice")
        found[name.oid()] = values.children()[0]
    return found


def _own_certificate(issuer_and_serial: Node, certificates: tuple[bytes, ...]) -> bytes:
    """The certificate that SignerInfo names by issuer and serial number (or, RFC 5652, by key)."""
    if issuer_and_serial.tag != der.SEQUENCE:
        return certificates[0] if len(certificates) == 1 else b""
    issuer, serial = issuer_and_serial.children()
    for encoded in certificates:
        body = der.parse(encoded).children()[0].children()
        numbered = body[1:] if body[0].tag == _TAG_0 else body
        if numbered[0].content == serial.content and numbered[2].encoded == issuer.encoded:
            return encoded
    return b""


# --- writing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """A SignedData that waits for its signature value. Plain values: it travels between processes."""

    to_sign: bytes  # the message for the key
    content: bytes | None  # to be carried; None: detached
    content_type: str
    certificates: tuple[bytes, ...]  # the signer's first
    attributes: bytes  # the content of the SET; empty where nothing but the content is signed
    algorithm: str

    def complete(self, signature: bytes, unsigned: Iterable[tuple[str, bytes]] = ()) -> bytes:
        """The SignedData (DER) with the value that the key made over ``to_sign``, and unsigned attributes
        by OID (DER values), such as a time-stamp token over the value."""
        digest = der.sequence((der.oid(algorithms.digest_oid(self.algorithm)), *_null(self.algorithm)))
        national = self.content_type == GM_DATA
        later = b"".join(_attribute(name, value) for name, value in unsigned)
        signer = der.sequence(
            (
                der.integer(1),
                issuer_and_serial(Certificate.load(self.certificates[0])),
                digest,
                der.encode(_TAG_0, self.attributes) if self.attributes else b"",
                der.sequence((der.oid(self.algorithm), *_null(self.algorithm))),
                der.encode(der.OCTET_STRING, signature),
                der.encode(_TAG_1, later) if later else b"",
            )
        )
        carried = b""
        if self.content is not None:
            carried = der.encode(_TAG_0, der.encode(der.OCTET_STRING, self.content))
        body = der.sequence(
            (
                der.integer(1 if self.content_type in (DATA, GM_DATA) else 3),  # RFC 5652 5.1
                der.encode(der.SET, digest),
                der.sequence((der.oid(self.content_type), carried)),
                der.encode(_TAG_0, b"".join(self.certificates)),
                der.encode(der.SET, signer),
            )
        )
        return der.sequence((der.oid(GM_SIGNED_DATA if national else SIGNED_DATA), der.encode(_TAG_0, body)))


def draft(
    content: bytes | None,
    digest: bytes,
    certificates: tuple[bytes, ...],
    algorithm: str,
    content_type: str = GM_DATA,
    at: datetime | None = None,
) -> Draft:
    """A SignedData with signed attributes over content whose digest is ``digest``.

    ``content`` None leaves it detached; ``at`` adds the signer's claim of time. The attributes bind the
    signer's certificate (RFC 5035): without that, another certificate of the same key could be put in.
    """
    listed = [
        _attribute(CONTENT_TYPE, der.oid(content_type)),
        _attribute(MESSAGE_DIGEST, der.encode(der.OCTET_STRING, digest)),
        _attribute(SIGNING_CERTIFICATE_V2, _signing_certificate(certificates[0], algorithm)),
    ]
    if at is not None:
        text = at.astimezone(UTC).strftime("%y%m%d%H%M%SZ")
        listed.append(_attribute(SIGNING_TIME, der.encode(der.UTC_TIME, text.encode())))
    attributes = b"".join(sorted(listed))  # DER orders sets
    message = der.encode(der.SET, attributes)
    return Draft(message, content, content_type, certificates, attributes, algorithm)


def bare_draft(
    content: bytes, certificates: tuple[bytes, ...], algorithm: str, *, detached: bool = False
) -> Draft:
    """A SignedData without signed attributes: the signature is over the content itself."""
    return Draft(content, None if detached else content, GM_DATA, certificates, b"", algorithm)


def sign(
    signer: Signer,
    content: bytes,
    content_type: str = GM_DATA,
    at: datetime | None = None,
    *,
    detached: bool = False,
) -> bytes:
    """A SignedData (DER) with signed attributes, made in one go."""
    known = algorithms.digest_of_signature(signer.algorithm_oid)
    assert known is not None, "signers sign with algorithms that are known here"
    carried = None if detached else content
    certificates = (signer.certificate_der,)
    made = draft(carried, known.of(content), certificates, signer.algorithm_oid, content_type, at)
    return made.complete(signer.sign(made.to_sign))


def issuer_and_serial(certificate: Certificate) -> bytes:
    """IssuerAndSerialNumber (DER), with the very bytes of the certificate."""
    body = der.parse(certificate.signed_part).children()
    first = 1 if body[0].tag == _TAG_0 else 0  # [0] version
    return der.sequence((body[first + 2].encoded, body[first].encoded))


def _attribute(name: str, value: bytes) -> bytes:
    return der.sequence((der.oid(name), der.encode(der.SET, value)))


def _signing_certificate(certificate: bytes, algorithm: str) -> bytes:
    """SigningCertificateV2 { certs { ESSCertIDv2 { hashAlgorithm, certHash } } }."""
    digest = algorithms.digest_of_signature(algorithm)
    assert digest is not None, "callers sign with algorithms that are known here"
    method = der.sequence((der.oid(algorithms.digest_oid(algorithm)),))
    identity = der.sequence((method, der.encode(der.OCTET_STRING, digest.of(certificate))))
    return der.sequence((der.sequence((identity,)),))


def _null(algorithm: str) -> tuple[bytes, ...]:
    """RSA's identifiers carry NULL parameters, those of the curves none."""
    return (der.encode(der.NULL, b""),) if algorithm in algorithms.RSA_SIGNATURES else ()
