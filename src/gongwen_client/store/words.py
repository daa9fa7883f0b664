"""Words for the full-text index."""

from __future__ import annotations

import re

_CJK = re.compile(r"([\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")


def spread(text: str) -> str:
    """Chinese characters apart, so that a word of any length is found as a phrase of characters."""
    return _CJK.sub(r" \1 ", text)


def phrases(text: str) -> list[str]:
    """The words of a query as phrases of FTS5, each as the beginning of a word."""
    spaced = [" ".join(spread(word).split()).replace('"', '""') for word in text.split()]
    return [f'"{phrase}"*' for phrase in spaced if phrase]
