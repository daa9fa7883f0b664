"""Handing a clerk's work over (交接): what is on the list, and who confirmed it. Posts only, no persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gongwen_protocol.basics import Message


class HandedItem(Message):
    """One line of a section: ``name`` says what, ``detail`` how it stands."""

    name: str
    detail: str


class HandedSection(Message):
    """A group of things that are handed over. ``total`` may exceed the lines shown; ``note`` says what
    the new clerk does about it."""

    title: str
    items: tuple[HandedItem, ...]
    total: int
    note: str = ""


class HandoverList(Message):
    """交接清单 as it was when the handing-over clerk confirmed it."""

    unit: str
    made_at: str
    from_post: str
    from_account: str
    sections: tuple[HandedSection, ...]
    remark: str = ""


@dataclass(frozen=True)
class Handover:
    """A handover. ``to_at`` is empty until the new clerk confirmed; ``disabled_at`` until the unit's
    administrator said that the old account is stopped. ``digest`` is SM3 over the list."""

    handover_id: int
    list: HandoverList
    digest: str
    from_account: str
    from_post: str
    from_at: datetime
    to_account: str = ""
    to_post: str = ""
    to_at: datetime | None = None
    disabled_at: datetime | None = None

    @property
    def complete(self) -> bool:
        """Whether both have confirmed."""
        return self.to_at is not None
