"""Making a written PDF small: fonts, which MuPDF's writer embeds whole, are reduced to the glyphs in use.

MuPDF's own subsetter is fast but gives up on some faces (it rejects the whole of FandolFang); those are
reduced by fontTools, keeping glyph numbers.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pymupdf import JM_BinFromBuffer, mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.grey import turn_grey
from gongwen_docs.draw.shapes import EVERYWHERE

_SUBSET_NAME = re.compile(r"^[A-Z]{6}\+")
_FIVE_DIGITS = re.compile(rb"<(10[0-9a-fA-F]{4}|[1-9a-fA-F][0-9a-fA-F]{4})>")
_UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "kern")


class GlyphRecorder(mupdf.FzDevice2):  # type: ignore[misc]  # MuPDF publishes no types
    """A device that draws nothing and notes which glyphs of which font are used."""

    def __init__(self) -> None:
        super().__init__()
        self.use_virtual_fill_text()
        self.use_virtual_stroke_text()
        self.use_virtual_clip_text()
        self.use_virtual_clip_stroke_text()
        self.use_virtual_ignore_text()
        self.glyphs: dict[str, set[int]] = {}

    def _note(self, context: Any, text: Any, *_rest: Any) -> None:
        span = text.head
        while span:
            used = self.glyphs.setdefault(mupdf.ll_fz_font_name(span.font), set())
            typed = mupdf.FzTextSpan(span)
            for index in range(span.len):
                glyph = typed.items(index).gid
                if glyph >= 0:
                    used.add(glyph)
            span = span.next

    fill_text = stroke_text = clip_text = clip_stroke_text = ignore_text = _note


def used_glyphs(pages: Iterable[Any]) -> dict[str, set[int]]:
    """Glyph numbers by font name over some display lists."""
    recorder = GlyphRecorder()
    for page in pages:
        mupdf.fz_run_display_list(page, recorder, mupdf.FzMatrix(), EVERYWHERE, mupdf.FzCookie())
    mupdf.fz_close_device(recorder)
    return recorder.glyphs


def compacted(written: Any, title: str, used: Mapping[str, set[int]], *, grey: bool) -> Any:
    """The PDF that MuPDF's writer put into a buffer, with a title and small fonts; ``grey``: colourless.

    Raises ``KnownError("draw.pdf_not_written")`` and mupdf.FzErrorBase.
    """
    document = mupdf.pdf_open_document_with_stream(mupdf.fz_open_buffer(written))
    if document.m_internal is None:
        raise KnownError("draw.pdf_not_written", file=title)
    if grey:
        turn_grey(document)
    subset_fonts(document, used)
    widen_characters(document)
    if title:
        mupdf.fz_set_metadata(document.super(), "info:Title", title)
    return document


def save(document: Any, path: Path) -> None:
    """Write a PDF document to a file. Raises mupdf.FzErrorBase."""
    mupdf.pdf_save_document(document, str(path), _options())


def saved(document: Any) -> bytes:
    """The file of a PDF document. Raises mupdf.FzErrorBase."""
    result = mupdf.FzBuffer(1 << 16)
    output = mupdf.FzOutput(result)
    mupdf.pdf_write_document(document, output, _options())
    mupdf.fz_close_output(output)
    return bytes(JM_BinFromBuffer(result))


def _options() -> Any:
    options = mupdf.PdfWriteOptions()
    options.do_garbage = 3
    options.do_compress = 1
    options.do_compress_images = 1
    options.do_compress_fonts = 1
    return options


def subset_fonts(document: Any, used: Mapping[str, set[int]]) -> None:
    """Reduce every embedded font of a PDF to the glyphs in use."""
    mupdf.pdf_subset_fonts(document, 0, None)
    done: set[int] = set()
    for number in range(1, mupdf.pdf_xref_len(document)):
        item = mupdf.pdf_load_object(document, number)
        if mupdf.pdf_name_eq(mupdf.pdf_dict_gets(item, "Type"), mupdf.pdf_new_name("FontDescriptor")):
            _subset_descriptor(document, item, used, done)


def widen_characters(document: Any) -> None:
    """Write characters beyond U+FFFF as two halves (ISO 32000, 9.10.3), where MuPDF's writer puts five
    digits: CJK extension B and later would be extracted as other characters."""
    for number in range(1, mupdf.pdf_xref_len(document)):
        stream = mupdf.pdf_dict_gets(mupdf.pdf_load_object(document, number), "ToUnicode")
        if mupdf.pdf_is_stream(stream):
            written = bytes(JM_BinFromBuffer(mupdf.pdf_load_stream(stream)))
            widened = _FIVE_DIGITS.sub(_two_halves, written)
            if widened != written:
                mupdf.pdf_update_stream(document, stream, mupdf.fz_new_buffer_from_copied_data(widened), 0)


def _two_halves(match: re.Match[bytes]) -> bytes:
    return b"<%s>" % chr(int(match[1], 16)).encode("utf-16-be").hex().encode()


def _subset_descriptor(document: Any, descriptor: Any, used: Mapping[str, set[int]], done: set[int]) -> None:
    name = mupdf.pdf_to_name(mupdf.pdf_dict_gets(descriptor, "FontName"))
    stream = mupdf.pdf_dict_gets(descriptor, "FontFile3")
    number = mupdf.pdf_to_num(stream)
    if _SUBSET_NAME.match(name) or name not in used or number == 0 or number in done:
        return
    done.add(number)
    reduced = _subset(bytes(JM_BinFromBuffer(mupdf.pdf_load_stream(stream))), used[name])
    if reduced is not None:
        mupdf.pdf_update_stream(document, stream, mupdf.fz_new_buffer_from_copied_data(reduced), 0)


def _subset(data: bytes, glyphs: set[int]) -> bytes | None:
    """The font with the outlines of these glyph numbers only; None where fontTools cannot read it."""
    from fontTools import subset, ttLib  # imported late: a third of a second, and few prints need it

    options = subset.Options(retain_gids=True, layout_features=[], glyph_names=False, desubroutinize=True)
    options.drop_tables += _UNUSED_TABLES
    try:
        font = subset.load_font(io.BytesIO(data), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(gids=sorted(glyphs))
        subsetter.subset(font)
        target = io.BytesIO()
        subset.save_font(font, target, options)
    except (ttLib.TTLibError, subset.Subsetter.SubsettingError, AssertionError, KeyError, ValueError):
        return None
    return target.getvalue()
