"""Parts of messages as they stand in columns. They were validated when they came in and are trusted here;
building them without a second validation is what makes a list of 100,000 documents open at once."""

from __future__ import annotations

import json

from gongwen_protocol.messages import Elements


def read_elements(text: str) -> Elements:
    """The elements of a stored document or draft (a draft may still lack its title)."""
    return Elements.model_construct(**json.loads(text))
