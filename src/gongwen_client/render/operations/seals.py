"""Reading a seal that a key carries: its words and its picture, for windows that show keys."""

from __future__ import annotations

from gongwen_client.render.facts import SealFace
from gongwen_client.render.operations import Desk, operation
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.seal_image import seal_png
from gongwen_docs.seals.describe import type_text
from gongwen_docs.seals.parse import parse_seal


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
