"""Seals whose pictures are bombs: the seal is in a signed structure, the picture in it is anyone's."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from docs.bombs import drawn, reported
from docs.bombs.markup import entity
from docs.bombs.pictures import jpeg_2000, png
from docs.bombs.structure import OUTERMOST, SQUARE, composites
from docs.office import Authority, Unit, seal, write_document
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.write import make_seal
from gongwen_docs.sign import Placement
from ofd_builder import OfdBuilder, filled

UNDRAWN = ("draw.seal_undrawable",)


@cache
def _authority() -> Authority:
    return Authority.found()


def sealed(kind: str, data: bytes, source: bytes | None = None) -> bytes:
    """A document with one stamp that shows this picture."""
    authority = _authority()
    signer = authority.certify("某机关")
    order = replace(authority.order(signer), picture=SealPicture(kind, data, 42, 42))
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "plain.ofd")
        if source is None:
            write_document(plain)
        else:
            plain.write_bytes(source)
        unit = Unit(signer, make_seal(order, authority.maker))
        target = seal(plain, Path(folder, "sealed.ofd"), unit, Placement(0, Box(10, 10, 42, 42)))
        return target.read_bytes()


@reported(*UNDRAWN)
def png_of_sixty_thousand_squared() -> bytes:
    return sealed("PNG", png(60_000, 60_000, 8, 2, bytes(100)))


@reported(*UNDRAWN)
def jpeg_2000_of_a_million_tiles() -> bytes:
    return sealed("JP2", jpeg_2000(8000, 8000, 1))


@reported(*UNDRAWN)
def nothing() -> bytes:
    return sealed("PNG", b"")


@drawn
def document_within_a_seal_within_a_document() -> bytes:
    """The seal's picture is a sealed document whose seal's picture is a sealed document, five deep."""
    inner = OfdBuilder().page(filled(SQUARE)).build()
    for _ in range(5):
        inner = sealed("OFD", inner, OfdBuilder(size=(210, 297)).page("").build())
    return inner


@reported("draw.too_complex", *UNDRAWN)
def composites_that_multiply_in_a_seal() -> bytes:
    return sealed("OFD", OfdBuilder(resources=composites(10, 10, filled(SQUARE))).page(OUTERMOST).build())


@reported(*UNDRAWN)
def svg_of_entities() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{10 * entity(n - 1)}">' for n in range(1, 10))
    return sealed("SVG", f'<!DOCTYPE svg [<!ENTITY l0 "x">{entities}]><svg><text>&l9;</text></svg>'.encode())


@reported(*UNDRAWN)
def svg_that_reads_files() -> bytes:
    image = '<image href="file:///etc/passwd" width="9" height="9"/>'
    space = 'xmlns="http://www.w3.org/2000/svg"'
    return sealed(
        "SVG", f'<svg {space} width="9e99" height="-1">{image}<use href="#a" id="a"/></svg>'.encode()
    )
