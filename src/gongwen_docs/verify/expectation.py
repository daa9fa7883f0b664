"""What the exchange's record says a document carries: plain values that travel between processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ExpectedSeal:
    """One seal of the record. ``seal_id`` is its esID; empty where the record does not know it.
    ``stamped_at`` (aware) says that its signature carried a time stamp, and of when."""

    name: str
    seal_id: str = ""
    signature_id: str = ""
    stamped_at: datetime | None = None


@dataclass(frozen=True)
class Expectation:
    """The record of one document. ``digest`` is SM3 of the file in hexadecimal, empty where unknown.
    ``complete``: ``seals`` names all seals, so that others are surplus."""

    seals: tuple[ExpectedSeal, ...] = ()
    digest: str = ""
    complete: bool = True
