"""Fonts that documents name and do not carry: finding them, or a fair substitute."""

from gongwen_docs.fonts.lookup import BUILT_IN, FontFace, covering, fallbacks, find

__all__ = ["BUILT_IN", "FontFace", "covering", "fallbacks", "find"]
