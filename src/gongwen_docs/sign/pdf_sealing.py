"""Seal a PDF file in the same two phases as an OFD package: prepare here, sign elsewhere, complete.

The signature value is a seal signature (GB/T 38540) over the ByteRange, or a SignedData (GB/T 35275) for
readers that know nothing else. Both leave the file's earlier bytes alone, so that others can seal after.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from gongwen_crypto import algorithms, cms, der
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError
from gongwen_docs.pdf.objects import PdfFile
from gongwen_docs.pdf.stamping import (
    Place,
    SignatureText,
    Stamp,
    append_signature,
    close_byte_range,
    next_field_name,
    require_open,
)
from gongwen_docs.seals.model import Seal
from gongwen_docs.seals.parse import parse_seal
from gongwen_docs.seals.times import CHINA
from gongwen_docs.seals.write import signed_value, to_sign
from gongwen_docs.sign.forms import PdfForm
from gongwen_docs.sign.placement import Placement
from gongwen_docs.sign.sealing import Prepared, check_right_to_seal, digest_of, stored_value

_ROOM = 16 * 1024  # beside the seal: certificates, a time-stamp token with its own


_FILTERS = {
    PdfForm.SES: ("GBT38540", "GBT38540.SES"),  # no names are registered; readers look at the DER
    PdfForm.CMS: ("Adobe.PPKLite", "adbe.pkcs7.detached"),
}


def prepare_pdf(
    source: Path,
    target_part: Path,
    seal_der: bytes,
    certificate_der: bytes,
    algorithm_oid: str,
    placements: Sequence[Placement],
    at: datetime,
    form: PdfForm = PdfForm.SES,
) -> Prepared:
    """Write everything of a sealed PDF but its signature value to ``target_part``.

    Raises as :func:`gongwen_docs.sign.sealing.prepare`, and RefusedError ``pdf.encrypted``,
    ``pdf.certified``, KnownError ``draw.pdf_damaged``, ``draw.pdf_locked``, ``draw.pdf_not_written``.
    """
    seal = parse_seal(seal_der)
    certificate = Certificate.load(certificate_der)
    check_right_to_seal(seal, certificate, at)
    digest = digest_of(algorithm_oid)
    original = _read(source)
    file = require_open(original)
    stamps = [_stamp(file, place) for place in placements]
    if not stamps:
        raise KnownError("seal.no_placement")
    name = next_field_name(file)
    text = _signature_text(form, seal, at)
    with _replacing(target_part) as temporary:
        shutil.copyfile(source, temporary)
        append_signature(temporary, name, text, seal.picture, stamps)
        place = close_byte_range(temporary, len(original), text.reserved)
        hashed = place.digest(temporary, digest.new())
    if form is PdfForm.SES:
        message = to_sign(seal.raw, at, hashed, str(place))
    else:
        content_type = _content_type(algorithm_oid)
        message = cms.draft(None, hashed, (certificate_der,), algorithm_oid, content_type, at).to_sign
    return Prepared(message, name, str(place), certificate_der, algorithm_oid)


def complete_pdf(
    target_part: Path, prepared: Prepared, signature_value: bytes, time_stamp: bytes | None = None
) -> None:
    """Put the value that the seal key made over ``prepared.to_sign`` into its place, with a token over the
    value where there is one. Raises as :func:`gongwen_docs.sign.sealing.complete`, and
    KnownError("seal.nothing_prepared") for a file that waits for no value."""
    key = Certificate.load(prepared.certificate_der).public_key
    signature_value = stored_value(prepared, signature_value)
    if not verify_signature(key, prepared.algorithm_oid, prepared.to_sign, signature_value):
        raise KnownError("seal.wrong_signature_value")
    value = _assembled(prepared, signature_value, time_stamp)
    with _replacing(target_part) as temporary:
        shutil.copyfile(target_part, temporary)
        Place.parse(prepared.signed_value_path).fill(temporary, value)


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A file beside ``target`` that takes its place in one step that survives a power cut, or not at all."""
    temporary = target.with_name(f"{target.name}.new")
    try:
        yield temporary
        with temporary.open("r+b") as stream:
            os.fsync(stream.fileno())
        temporary.replace(target)
    except OSError as error:
        raise KnownError("seal.target_unwritable", file=target.name) from error
    finally:
        temporary.unlink(missing_ok=True)


def _signature_text(form: PdfForm, seal: Seal, at: datetime) -> SignatureText:
    filter_name, sub_filter = _FILTERS[form]
    return SignatureText(
        filter=filter_name,
        sub_filter=sub_filter,
        name=seal.name,
        time_text=at.astimezone(CHINA).strftime("D:%Y%m%d%H%M%S+08'00'"),
        reserved=_ROOM + (len(seal.raw) if form is PdfForm.SES else 0),
    )


def _stamp(file: PdfFile, place: Placement) -> Stamp:
    if not 0 <= place.page_index < len(file.pages):
        raise KnownError("seal.no_such_page", page=place.page_index + 1, pages=len(file.pages))
    width, height = file.page_size_mm(place.page_index)
    box = place.boundary
    inside = box.x < width and box.y < height and box.x + box.width > 0 and box.y + box.height > 0
    if box.empty or not inside:
        raise KnownError("seal.off_page", page=place.page_index + 1)
    return Stamp(place.page_index, box, place.clip)


def _assembled(prepared: Prepared, signature: bytes, time_stamp: bytes | None) -> bytes:
    message, algorithm = prepared.to_sign, prepared.algorithm_oid
    if message[0] != der.SET:  # not the signed attributes of a SignedData
        return signed_value(message, prepared.certificate_der, algorithm, signature, time_stamp)
    draft = cms.Draft(
        message,
        None,
        _content_type(algorithm),
        (prepared.certificate_der,),
        der.parse(message).content,
        algorithm,
    )
    return draft.complete(signature, () if time_stamp is None else ((cms.TIME_STAMP, time_stamp),))


def _content_type(algorithm_oid: str) -> str:
    """GB/T 35275 has content types of its own; RSA and P-256 keep those of RFC 5652."""
    return cms.GM_DATA if algorithm_oid == algorithms.SM2_WITH_SM3 else cms.DATA


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KnownError("ofd.container.unreadable", file=path.name) from error
