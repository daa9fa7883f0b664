"""Build OFD packages (GB/T 33190-2016, version 1.0): pages, embedded fonts, attachments, metadata.

Strict in what it writes: every part is valid against the schemas of Annex A. Same input, same bytes.
"""

from gongwen_docs.write.faces import Face, FaceShelf, Role, default_shelf
from gongwen_docs.write.metadata import DocumentInfo
from gongwen_docs.write.page import A4, BLACK, RED, WHITE, Box, Color, PageCanvas
from gongwen_docs.write.writer import OfdWriter

__all__ = [
    "A4",
    "BLACK",
    "RED",
    "WHITE",
    "Box",
    "Color",
    "DocumentInfo",
    "Face",
    "FaceShelf",
    "OfdWriter",
    "PageCanvas",
    "Role",
    "default_shelf",
]
