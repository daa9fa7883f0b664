"""The copy numbers (份号) that the exchange will give: from 1 on, in the order of the recipients."""

from __future__ import annotations

from collections.abc import Iterable

from gongwen_protocol.actions import CopyRange
from gongwen_protocol.messages import Recipient


def expected_ranges(recipients: Iterable[Recipient]) -> tuple[CopyRange | None, ...]:
    """One range for each recipient; None for one without copies."""
    ranges: list[CopyRange | None] = []
    following = 1
    for recipient in recipients:
        count = recipient.copies
        ranges.append(CopyRange(first=following, last=following + count - 1) if count else None)
        following += count
    return tuple(ranges)
