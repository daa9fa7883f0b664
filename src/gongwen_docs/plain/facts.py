"""What a plain copy is; plain values that cross the pipe from a worker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlainFacts:
    """What a plain copy is. ``flattened`` counts stamps that had to become a picture of the page beneath them
    (a scanned page would have hidden the seal); ``worst`` is the largest difference of a page outside seals
    in pixels of a million, ``worst_ink`` under seals (of 255)."""

    pages: int
    stamps: int
    flattened: int
    worst: float
    worst_ink: float
