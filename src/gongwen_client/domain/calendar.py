"""Working days as the exchange states them; the rules themselves are the protocol's."""

from gongwen_protocol.calendar import NOON, HalfDay, WorkCalendar

__all__ = ["NOON", "HalfDay", "WorkCalendar"]
