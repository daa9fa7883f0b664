"""Taking the colours out of a written PDF, as a photocopier does."""

from __future__ import annotations

from typing import Any

from pymupdf import mupdf

_GREY_COMPONENTS = 1


def turn_grey(document: Any) -> None:
    """Make every colour of a PDF document its grey: paths, texts, pictures, shadings.

    Raises mupdf.FzErrorBase for a page that MuPDF cannot rewrite.
    """
    options = mupdf.PdfRecolorOptions()
    options.num_comp = _GREY_COMPONENTS
    for number in range(mupdf.pdf_count_pages(document)):
        mupdf.pdf_recolor_page(document, number, options)
