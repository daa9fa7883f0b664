"""Seal a document (GB/T 38540-2020 7.2, GB/T 33190-2016 18): prepare here, sign elsewhere, complete.

``prepare`` parses the document, so it runs in a worker; the seal key signs ``Prepared.to_sign`` in its own
process; ``complete`` adds the signature value. Until then the file at the target is not a sealed document,
and a crash between the two leaves only that unfinished file.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gongwen_crypto import algorithms, sm2, sm3
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.keys import KeyKind
from gongwen_crypto.paths import TrustStore
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.entry import ENTRY
from gongwen_docs.ofd.rewrite import rewrite
from gongwen_docs.seals.check import check_seal
from gongwen_docs.seals.findings import Status
from gongwen_docs.seals.model import Seal
from gongwen_docs.seals.parse import parse_seal
from gongwen_docs.seals.times import CHINA, readable
from gongwen_docs.seals.write import signed_value, to_sign
from gongwen_docs.sign.placement import Placement
from gongwen_docs.sign.signature_xml import SignatureText, entry_with_signatures, next_id, signature_list


@dataclass(frozen=True)
class Prepared:
    """A document that waits for its signature value. Plain values: it travels between processes."""

    to_sign: bytes = field(repr=False)  # DER TBS_Sign: the message for the seal key
    signature_id: str
    signed_value_path: str
    certificate_der: bytes = field(repr=False)
    algorithm_oid: str


def prepare(
    source: Path,
    target_part: Path,
    seal_der: bytes,
    certificate_der: bytes,
    algorithm_oid: str,
    placements: Sequence[Placement],
    at: datetime,
) -> Prepared:
    """Write everything of a sealed document but its SignedValue.dat to ``target_part``.

    Every file of the package is protected except the list of signatures, so that others may seal after
    (ContinueSign). Existing files keep their bytes; OFD.xml changes only when it names no list yet.

    Raises RefusedError (``seal.expired``, ``seal.cert_not_listed``, ``seal.cert_expired``,
    ``seal.cert_usage``, ``seal.signing_forbidden``, ``seal.list_protected``) and KnownError
    (``seal.no_such_page``, ``seal.off_page``, ``seal.no_placement``, ``seal.seal_tampered``,
    ``seal.algorithm_unsupported``, ``seal.target_unwritable``, and what opening a document raises).
    """
    seal = parse_seal(seal_der)
    certificate = Certificate.load(certificate_der)
    check_right_to_seal(seal, certificate, at)
    digest = digest_of(algorithm_oid)
    with OfdDocument.open(source) as document:
        _check_document(document, placements)
        names = _Names.choose(document)
        stamps = [(document.pages[place.page_index].id, place) for place in placements]
        changed = _files_before_signature(document, names, seal.raw)
        text = SignatureText(
            signature_id=names.signature_id,
            algorithm_oid=algorithm_oid,
            date_time=at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            digests=_digests(document.package, changed, names.signatures),
            stamps=stamps,
            seal_path=names.seal,
            signed_value_path=names.signed_value,
        ).to_xml()
        _write_durably(target_part, document.package, {**changed, names.signature: text})
    return Prepared(
        to_sign=to_sign(seal.raw, at, digest.of(text), f"/{names.signature}"),
        signature_id=names.signature_id,
        signed_value_path=names.signed_value,
        certificate_der=certificate_der,
        algorithm_oid=algorithm_oid,
    )


def stored_value(prepared: Prepared, signature_value: bytes) -> bytes:
    """A signature value as the document will hold it: tokens give raw r‖s, documents DER."""
    key = Certificate.load(prepared.certificate_der).public_key
    if key.kind is not KeyKind.RSA and len(signature_value) == sm2.RAW_SIGNATURE_LENGTH:
        return sm2.signature_from_raw(signature_value)
    return signature_value


def complete(
    target_part: Path, prepared: Prepared, signature_value: bytes, time_stamp: bytes | None = None
) -> None:
    """Add SignedValue.dat with the value that the seal key made over ``prepared.to_sign``, and a token over
    that value where there is one.

    DER and the raw r‖s of tokens are accepted. The file is replaced in one step: it is complete or as before.
    Raises KnownError("seal.wrong_signature_value") for a value that does not verify, without touching the
    file, and ``seal.target_unwritable``.
    """
    key = Certificate.load(prepared.certificate_der).public_key
    signature_value = stored_value(prepared, signature_value)
    if not verify_signature(key, prepared.algorithm_oid, prepared.to_sign, signature_value):
        raise KnownError("seal.wrong_signature_value")
    value = signed_value(
        prepared.to_sign, prepared.certificate_der, prepared.algorithm_oid, signature_value, time_stamp
    )
    with Package.open(target_part) as package:
        _write_durably(target_part, package, {prepared.signed_value_path: value})


@dataclass(frozen=True)
class _Names:
    """Package paths of the new signature."""

    signature_id: str
    signatures: str
    signature: str
    seal: str
    signed_value: str

    @classmethod
    def choose(cls, document: OfdDocument) -> _Names:
        folder = posixpath.dirname(document.entry.root)
        existing = document.package.names
        number = 0
        while any(name.startswith(posixpath.join(folder, f"Signs/Sign_{number}/")) for name in existing):
            number += 1
        own = posixpath.join(folder, f"Signs/Sign_{number}")
        return cls(
            signature_id=next_id([signature.id for signature in document.signatures]),
            signatures=document.entry.signatures or posixpath.join(folder, "Signs/Signatures.xml"),
            signature=f"{own}/Signature.xml",
            seal=f"{own}/Seal.esl",
            signed_value=f"{own}/SignedValue.dat",
        )


def digest_of(algorithm_oid: str) -> algorithms.Digest:
    """The hash that belongs to the signature algorithm (GM/T 0031-2014 6.2); only strong ones sign today."""
    digest = algorithms.digest_of_signature(algorithm_oid)
    if digest is None or digest.strength is not algorithms.Strength.GOOD:
        raise KnownError("seal.algorithm_unsupported", algorithm=algorithm_oid)
    return digest


def check_right_to_seal(seal: Seal, certificate: Certificate, at: datetime) -> None:
    """Raises when the seal is not good at that moment or is not the certificate's to use."""
    facts = {"seal": seal.name, "signer": certificate.subject}
    period = {"valid_from": readable(seal.valid_from), "valid_to": readable(seal.valid_to)}
    steps = {step.step: step for step in check_seal(seal, TrustStore(), at)}
    if steps["seal_signature"].status is not Status.OK:
        raise KnownError("seal.seal_tampered", **facts)
    if steps["seal_period"].status is not Status.OK:
        raise RefusedError("seal.expired", **facts, **period)
    if not seal.lists(certificate.der):
        raise RefusedError("seal.cert_not_listed", **facts)
    if not certificate.valid_at(at):
        raise RefusedError("seal.cert_expired", **facts, not_after=readable(certificate.not_after))
    if not certificate.may_seal:
        raise RefusedError("seal.cert_usage", **facts)


def _check_document(document: OfdDocument, placements: Sequence[Placement]) -> None:
    if not document.permissions.sign:
        raise RefusedError("seal.signing_forbidden")
    signature_list_path = document.entry.signatures
    for signature in document.signatures:
        if any(reference.path == signature_list_path for reference in signature.references):
            raise RefusedError("seal.list_protected", signature=signature.id)
    if not placements:
        raise KnownError("seal.no_placement")
    for place in placements:
        if not 0 <= place.page_index < len(document.pages):
            raise KnownError("seal.no_such_page", page=place.page_index + 1, pages=len(document.pages))
        width, height = document.pages[place.page_index].size_mm
        box = place.boundary
        inside = box.x < width and box.y < height and box.x + box.width > 0 and box.y + box.height > 0
        if box.empty or not inside:
            raise KnownError("seal.off_page", page=place.page_index + 1)


def _files_before_signature(document: OfdDocument, names: _Names, seal: bytes) -> dict[str, bytes]:
    """The files that are new or changed, without Signature.xml, which lists their digests."""
    package = document.package
    listed = package.read(names.signatures) if names.signatures in package else None
    changed = {
        names.signatures: signature_list(listed, names.signatures, names.signature_id, names.signature),
        names.seal: seal,
    }
    if document.entry.signatures is None:
        changed[ENTRY] = entry_with_signatures(package.read(ENTRY), ENTRY, names.signatures)
    return changed


def _digests(package: Package, changed: Mapping[str, bytes], unprotected: str) -> dict[str, bytes]:
    digests = {
        name: sm3.digest(changed[name]) if name in changed else package.digest(name, sm3.new)
        for name in (*package.names, *(name for name in changed if name not in package))
    }
    digests.pop(unprotected, None)
    return digests


def _write_durably(target: Path, package: Package, parts: Mapping[str, bytes]) -> None:
    """Write ``package`` with ``parts`` to ``target`` in one step that survives a power cut."""
    temporary = target.with_name(f"{target.name}.new")
    try:
        with temporary.open("wb") as stream:
            rewrite(package, stream, parts)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise KnownError("seal.target_unwritable", file=target.name) from error
        raise
