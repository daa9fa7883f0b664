"""The alphabet of verification: one step, its status, its code and the facts of its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """Outcome of one step. The order is from good to bad; the worst step decides.

    UNKNOWN means that the check could not be made; it is never folded into OK.
    """

    OK = "ok"
    WARN = "warn"
    UNKNOWN = "unknown"
    FAIL = "fail"


@dataclass(frozen=True)
class Step:
    """One step. An OK step may carry a code: a note that belongs to the result without lowering it."""

    step: str
    status: Status
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence_code(self) -> str:
        """The code whose sentence tells this step: its own, or that of a step that simply passed."""
        return self.code or f"seal.step.{self.step}"


def worst(steps: Iterable[Step]) -> Status:
    """The worst status; OK when there is none."""
    return max((step.status for step in steps), key=list(Status).index, default=Status.OK)
