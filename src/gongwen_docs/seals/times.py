"""Times inside seals: the forms of ASN.1 and those that real producers write instead."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
_DIGITS = re.compile(r"^(\d{4})-?(\d\d)-?(\d\d)[T ]?(\d\d):?(\d\d):?(\d\d)?(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?")
_SHORT_YEAR = re.compile(r"^\d{10}(\d\d)?Z$|^\d{10}(\d\d)?[+-]\d{4}$")
_UNIX_SECONDS = re.compile(r"^\d{9,10}$")


def parse_time(text: str) -> datetime | None:
    """An aware UTC time from UTCTime, GeneralizedTime, ISO-like or unix-second text; None when hopeless.

    A time without a zone is taken as China Standard Time, where these documents are made.
    """
    text = text.strip().strip("\x00")
    if _UNIX_SECONDS.match(text):
        return datetime.fromtimestamp(int(text), UTC)
    if _SHORT_YEAR.match(text):
        text = ("19" if text[:2] >= "50" else "20") + text
    found = _DIGITS.match(text)
    if not found:
        return None
    *numbers, zone = found.groups(default="")
    try:
        moment = datetime(*(int(number or 0) for number in numbers), tzinfo=_zone(zone))  # type: ignore[misc, arg-type]
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone:
    if not text:
        return CHINA
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def generalized(moment: datetime) -> str:
    """The content of a GeneralizedTime, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def readable(moment: datetime | None) -> str:
    """A moment as a sentence says it: China Standard Time to the minute."""
    return "（未写明）" if moment is None else moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
