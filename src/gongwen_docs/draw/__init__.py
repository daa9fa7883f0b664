"""Drawing OFD and PDF pages with one engine: pixels, text, PDF (design decision 1).

Runs in worker processes only: MuPDF holds the interpreter lock and documents come from outside.
"""

from gongwen_docs.draw.drawing import Drawing, SealView
from gongwen_docs.draw.opening import open_drawing
from gongwen_docs.draw.reports import Report
from gongwen_docs.draw.results import CharBox, PageText, Pixels

__all__ = ["CharBox", "Drawing", "PageText", "Pixels", "Report", "SealView", "open_drawing"]
