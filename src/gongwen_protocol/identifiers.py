"""公文标识 after GB/T 33477: who issued a document, when, its kind and serial number, and a check character.

``1.2.156.3005.1.12100000400002195R-000-2016-0A-00056-X``: object identifier of official documents, 18
characters of the issuer's 统一社会信用代码, 3 of the issuer's own, year, kind, serial, check character
(ISO 7064 MOD 37,36).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gongwen_crypto.errors import RefusedError

ROOT = "1.2.156.3005.1."
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORM = re.compile(
    re.escape(ROOT) + r"([0-9A-Z]{18})-([0-9A-Z]{3})-([0-9]{4})-([0-9A-Z]{2})-([0-9]{5})-([0-9A-Z])"
)
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class DocumentIdentifier:
    """The parts of a 公文标识. ``kind`` is the code of the 文种."""

    issuer: str
    extension: str
    year: int
    kind: str
    serial: int

    @property
    def check(self) -> str:
        """The check character that belongs to the other parts."""
        return check_character(f"{self.issuer}{self.extension}{self.year:04}{self.kind}{self.serial:05}")

    def __str__(self) -> str:
        parts = (self.issuer, self.extension, f"{self.year:04}", self.kind, f"{self.serial:05}", self.check)
        return ROOT + "-".join(parts)


def read_identifier(text: str) -> DocumentIdentifier:
    """Raises RefusedError: identifier.malformed, identifier.check_wrong (mistyped or made up)."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise RefusedError("identifier.malformed", identifier=text)
    issuer, extension, year, kind, serial, check = match.groups()
    found = DocumentIdentifier(issuer, extension, int(year), kind, int(serial))
    if found.check != check:
        raise RefusedError("identifier.check_wrong", identifier=text)
    return found


def check_character(text: str) -> str:
    """ISO 7064 MOD 37,36 over digits and capital letters. Raises ValueError for other characters."""
    product = 36
    for character in text:
        product = (product + _ALPHABET.index(character)) % 36 or 36
        product = product * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def is_credit_code(text: str) -> bool:
    """Whether a 统一社会信用代码 (GB 32100) has its check character. Some published codes fail: warn only."""
    if len(text) != 18 or any(character not in _CREDIT for character in text):
        return False
    total = sum(_CREDIT.index(character) * pow(3, place, 31) for place, character in enumerate(text[:17]))
    return _CREDIT[-total % 31] == text[17]
