"""Times as texts whose order is the order of time."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """UTC with microseconds, e.g. ``2026-11-22T01:02:03.000000+00:00``."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """The time that ``to_text`` wrote."""
    return datetime.fromisoformat(text)


def optional_text(moment: datetime | None) -> str | None:
    """``to_text`` for times that may be missing."""
    return None if moment is None else to_text(moment)


def optional_time(text: str | None) -> datetime | None:
    """``from_text`` for times that may be missing."""
    return None if text is None else from_text(text)
