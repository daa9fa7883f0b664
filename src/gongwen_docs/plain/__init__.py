"""Plain copies for the archive: the same pages without signatures, seal objects, time stamps or encryption
(GB/T 39362-2020; ADR 0060). The seal stays to be seen, as a picture like any other.
"""

from gongwen_docs.plain.copies import PlainFacts, difference, plain_copy
from gongwen_docs.plain.remains import remains

__all__ = ["PlainFacts", "difference", "plain_copy", "remains"]
