"""A fault report as this PC keeps it: what was written, and what the exchange has said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gongwen_protocol.faults import FaultReport, FaultState, FaultView


@dataclass(frozen=True)
class FaultCase:
    """``view`` is None until the exchange has it; ``refusal`` says why it did not take it."""

    report: FaultReport
    written_at: datetime
    view: FaultView | None = None
    refusal: str = ""

    @property
    def waits(self) -> bool:
        """Whether it has not reached the exchange yet."""
        return self.view is None

    def left(self, now: datetime) -> timedelta | None:
        """Until an answer is due, by the exchange's time; negative when it is late. None where no hours are
        stated or it was answered."""
        if self.view is None or self.view.due_at is None or self.view.state is not FaultState.OPEN:
            return None
        return self.view.due_at - now
