"""What a drawing could not show as written. Collected, never raised: one bad object must not hide a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Report:
    """One remark. ``code`` has a sentence; ``facts`` are its values."""

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


class Reports:
    """The remarks of one drawing, each once."""

    def __init__(self) -> None:
        self._seen: dict[tuple[object, ...], Report] = {}

    def add(self, code: str, **facts: str | int) -> None:
        self._seen.setdefault((code, *sorted(facts.items())), Report(code, facts))

    def all(self) -> tuple[Report, ...]:
        return tuple(self._seen.values())
