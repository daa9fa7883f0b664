"""What an error says to the person, wherever it arose."""

from __future__ import annotations

from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import catalogue, sentence


def in_words(error: GongwenError) -> str:
    """The sentence of our own catalogue, or the exchange's where its code is newer than this client."""
    said = error.facts.get("said")
    if error.code not in catalogue() and isinstance(said, str) and said:
        return said
    return str(sentence(error))
