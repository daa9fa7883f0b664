"""Sealing a document in two phases, so that the key may be in another process than the parser."""

from gongwen_docs.sign.formats import complete, prepare
from gongwen_docs.sign.placement import Edge, Placement, riding_seam
from gongwen_docs.sign.sealing import Prepared

__all__ = ["Edge", "Placement", "Prepared", "complete", "prepare", "riding_seam"]
