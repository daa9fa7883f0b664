"""Reading a seal that a key carries: its words and its picture, for windows that show keys."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gongwen_client.render.facts import SealFace, SealFileFacts
from gongwen_client.render.operations import Desk, operation
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_docs.draw.seal_image import seal_png
from gongwen_docs.seals.describe import type_text
from gongwen_docs.seals.file_check import check_seal_file
from gongwen_docs.seals.findings import Status, worst
from gongwen_docs.seals.parse import parse_seal
from gongwen_docs.verify.details import algorithm_text, maker_chain, reported_chain
from gongwen_docs.verify.report import certificate_json, step_json

_VERDICTS = {Status.OK: "valid", Status.WARN: "warning", Status.UNKNOWN: "unknown", Status.FAIL: "invalid"}
_MOST_BYTES = 16 * 1024 * 1024
_MOST_SIGNERS = 32


@operation
def read_seal(desk: Desk, seal_der: bytes, certificate_der: bytes, side: int) -> SealFace:
    """What a seal says of itself, and its picture in ``side`` px; a picture that cannot be drawn is empty."""
    seal = parse_seal(seal_der)
    try:
        picture = seal_png(seal.picture, side)
    except KnownError:
        picture = b""
    return SealFace(
        es_id=seal.es_id,
        name=seal.name,
        kind=type_text(seal),
        version=seal.version,
        valid_from=seal.valid_from,
        valid_to=seal.valid_to,
        width_mm=seal.picture.width_mm,
        height_mm=seal.picture.height_mm,
        picture_png=picture,
        lists_certificate=seal.lists(certificate_der),
    )


@operation
def read_seal_file(desk: Desk, path: Path, trust_dir: Path | None, now: datetime, side: int) -> SealFileFacts:
    """A seal file (.esl) as it shows itself, judged as of ``now``. What is no seal is a verdict."""
    trust = TrustStore() if trust_dir is None else TrustStore.load(trust_dir)
    data = _bounded(path)
    steps = check_seal_file(data, trust, now)
    verdict = _VERDICTS[worst(steps)]
    told = [step_json(step) for step in steps]
    try:
        seal = parse_seal(data)
    except KnownError:
        return SealFileFacts(verdict, None, told, {})
    maker = Certificate.load_or_none(seal.maker_certificate)
    signers = [Certificate.load_or_none(item) for item in seal.certificates[:_MOST_SIGNERS]]
    chains = [reported_chain(one, trust, now) for one in signers if one is not None]
    more: dict[str, object] = {
        "vendor": seal.vendor_id,
        "generation": str(seal.generation),
        "algorithm": algorithm_text(seal.algorithm, maker),
        "created": None if seal.created is None else seal.created.isoformat(),
        "maker_chain": [certificate_json(link) for link in maker_chain(seal, trust, now)],
        "signers": [[certificate_json(link) for link in chain] for chain in chains],
        "digests": [f"{method} {value.hex()}" for method, value in seal.certificate_digests],
    }
    return SealFileFacts(verdict, read_seal(desk, data, b"", side), told, more)


def _bounded(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise KnownError("ofd.container.unreadable", file=path.name) from error
    return data[:_MOST_BYTES]
