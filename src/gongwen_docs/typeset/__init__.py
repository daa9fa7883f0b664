"""Set official documents after GB/T 9704-2012 and write them as OFD."""

from gongwen_docs.typeset.circular import Annex, Attachment, Block, BlockKind, Circular, Table
from gongwen_docs.typeset.facts import LayoutFacts, Spot
from gongwen_docs.typeset.layout import typeset, typeset_attachment
from gongwen_docs.typeset.reading import from_text, from_toml, read_circular

__all__ = [
    "Annex",
    "Attachment",
    "Block",
    "BlockKind",
    "Circular",
    "LayoutFacts",
    "Spot",
    "Table",
    "from_text",
    "from_toml",
    "read_circular",
    "typeset",
    "typeset_attachment",
]
