"""In which form a seal stands in a PDF file."""

from __future__ import annotations

from enum import StrEnum


class PdfForm(StrEnum):
    """What stands in /Contents."""

    SES = "ses"  # the seal itself, with its picture and its maker's signature
    CMS = "cms"  # a digital signature; the seal is a picture only
