"""通讯录: units, how to reach them, whether they are ready, and the groups in which they are addressed.

Everything but changing works from what was fetched last, without the exchange.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from pydantic import ValidationError

from gongwen_client.domain.contacts import (
    AddressGroup,
    RegionNode,
    UnitCard,
    contacts_of,
    region_tree,
    resolved,
)
from gongwen_client.domain.pinyin import NameIndex
from gongwen_client.exchange.api import in_foreground
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.table_files import write_table
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError
from gongwen_docs.register import Align, RegisterColumn, RegisterTable
from gongwen_protocol.contacts import (
    ContactsChange,
    ContactsConfirmation,
    ContactsHistory,
    UnitContact,
    confirmation_is_due,
)
from gongwen_protocol.messages import Directory, Readiness, Unit, UnitReadiness
from gongwen_protocol.permissions import Action

_CHINA = timezone(timedelta(hours=8))
_COLUMNS = (
    RegisterColumn("单位编码", 2.4),
    RegisterColumn("单位名称", 5.0),
    RegisterColumn("简称", 2.6),
    RegisterColumn("挂牌名称", 3.6),
    RegisterColumn("地区、系统", 2.6),
    RegisterColumn("岗位和电话", 5.0),
    RegisterColumn("批次", 1.0, Align.CENTER),
    RegisterColumn("启用情况", 1.8, Align.CENTER),
    RegisterColumn("最近人工查收", 2.4, Align.CENTER),
)


class ContactsService:
    """Thread-safe. ``units`` and all that is made from them follow the engine's refreshing."""

    def __init__(self, desk: Desk, render: RenderPool) -> None:
        self._desk = desk
        self._render = render
        self._lock = threading.Lock()
        self._index: tuple[tuple[Unit, ...], NameIndex] | None = None

    # -- looking up ------------------------------------------------------------------------------------------

    def units(self) -> tuple[Unit, ...]:
        """All units in rank order."""
        return self._desk.store.units.list()

    def tree(self) -> list[RegionNode]:
        """The units by region and system."""
        return region_tree(self.units())

    def index(self) -> NameIndex:
        """Slow once per directory (10,000 units: 2 s). Finds units by what a person types."""
        units = self.units()
        with self._lock:
            if self._index is None or self._index[0] != units:
                self._index = units, NameIndex(units)
            return self._index[1]

    def own_unit(self) -> Unit | None:
        """The unit that works on this PC, as the directory has it."""
        code = self._desk.store.notes.get(Notes.OWNER_CODE)
        return next((unit for unit in self.units() if unit.code == code), None)

    def card(self, code: str) -> UnitCard:
        """Everything about one unit. Raises KnownError("directory.not_listed")."""
        unit = next((one for one in self.units() if one.code == code), None)
        if unit is None:
            raise KnownError("directory.not_listed", unit=code)
        known = self.kept_readiness()
        own = next((one for one in known.units if one.unit_code == code), None) if known else None
        formats, limit = self._capacity(own)
        return UnitCard(
            unit,
            contacts_of(unit),
            own,
            known.server_time if known else None,
            formats,
            limit,
            own=self._desk.store.notes.get(Notes.OWNER_CODE) == code,
        )

    def _capacity(self, own: UnitReadiness | None) -> tuple[tuple[str, ...], int | None]:
        """Formats and the largest document: the unit's own, within the region's."""
        try:
            profile = self._desk.profile()
        except KnownError:
            return (own.formats if own else ()), (own.size_limit if own else None)
        formats = tuple(one.value for one in profile.body_formats.value)
        limits = [
            limit
            for limit in (profile.max_document_size.value, own.size_limit if own else None)
            if limit is not None
        ]
        return (own.formats if own and own.formats else formats), min(limits, default=None)

    # -- readiness -------------------------------------------------------------------------------------------

    def readiness(self) -> Readiness:
        """Slow. Ask the exchange how ready all units are, and keep the answer. Raises KnownError: network.*,
        session.none."""
        self._desk.grant()
        answer = in_foreground(lambda: self._desk.api.get("/v1/readiness", Readiness))
        self._desk.store.notes.set(Notes.READINESS, answer.model_dump_json())
        return answer

    def kept_readiness(self) -> Readiness | None:
        """What the exchange said last, with its time; None before the first answer."""
        text = self._desk.store.notes.get(Notes.READINESS)
        return None if text is None else Readiness.model_validate_json(text)

    def groups(self) -> tuple[AddressGroup, ...]:
        """常用分组: this PC's (``AddressingService`` changes them), then the exchange's."""
        units, store = self.units(), self._desk.store
        return (
            *(resolved(one.name, one.unit_codes, units, shared=False) for one in store.own_groups.list()),
            *(resolved(one.name, one.unit_codes, units, shared=True) for one in store.units.groups()),
        )

    # -- the own unit's entry --------------------------------------------------------------------------------

    def may_change(self) -> bool:
        """Whether who works here may change the unit's contacts (管理)."""
        return self._desk.session.grant is not None and self._desk.may(Action.ADMINISTER)

    def is_confirmation_due(self) -> bool:
        """Whether the own unit has to look at its contacts again: once a quarter."""
        unit = self.own_unit()
        return unit is not None and confirmation_is_due(unit.contacts_confirmed, self._desk.clock.now())

    def change(self, contacts: Sequence[tuple[str, str, str]], reason: str) -> Unit:
        """Slow. Replace the own unit's posts (post, telephone, note). Raises KnownError: contacts.not_valid,
        reason.missing, network.*; RefusedError: session.role_missing, contacts.twice."""
        grant = self._desk.grant()
        self._desk.require(Action.ADMINISTER)
        if not reason.strip():
            raise KnownError("reason.missing")
        entries = []
        for line, (post, phone, note) in enumerate(contacts, start=1):
            try:
                entries.append(UnitContact(post=post.strip(), phone=phone.strip(), note=note.strip()))
            except ValidationError as error:
                raise KnownError("contacts.not_valid", line=line, post=post) from error
        if not entries:
            raise KnownError("contacts.none")
        wish = ContactsChange(unit_code=grant.unit_code, contacts=tuple(entries), reason=reason.strip())
        return self._take_over(lambda: self._desk.api.post("/v1/contacts", wish, Unit))

    def confirm(self) -> Unit:
        """Slow. The own unit's posts are right as they stand. Raises KnownError: network.*; RefusedError:
        session.role_missing, contacts.none."""
        wish = ContactsConfirmation(unit_code=self._desk.grant().unit_code)
        self._desk.require(Action.ADMINISTER)
        return self._take_over(lambda: self._desk.api.post("/v1/contacts/confirm", wish, Unit))

    def history(self) -> ContactsHistory:
        """Slow. Who changed the own unit's contacts. Raises KnownError: network.*."""
        code = self._desk.grant().unit_code
        return in_foreground(
            lambda: self._desk.api.get("/v1/contacts/history", ContactsHistory, {"unit": code})
        )

    def _take_over(self, ask: Callable[[], Unit]) -> Unit:
        unit = in_foreground(ask)
        units = tuple(unit if one.code == unit.code else one for one in self.units())
        groups = self._desk.store.units.groups()
        self._desk.store.units.replace(Directory(units=units, groups=groups))
        self._desk.announcer.tell("directory")
        return unit

    # -- export ----------------------------------------------------------------------------------------------

    def export(self, units: Sequence[Unit], target: Path) -> None:
        """Slow. The book as Excel, CSV or PDF (A4 landscape) by the suffix. Raises KnownError:
        export.format_unknown, host.disk_full, host.not_writable."""
        write_table(self._table(units), target, self._render)

    def _table(self, units: Sequence[Unit]) -> RegisterTable:
        known = self.kept_readiness()
        ready = {one.unit_code: one for one in known.units} if known else {}
        at = known.server_time.astimezone(_CHINA) if known else None
        return RegisterTable(
            title="单位通讯录",
            subtitle=f"共 {len(units)} 个单位",
            columns=_COLUMNS,
            rows=[_row(unit, ready.get(unit.code)) for unit in units],
            foot=f"启用和查收情况截至 {at:%Y-%m-%d %H:%M}" if at else "未取得启用和查收情况",
        )


def _row(unit: Unit, ready: UnitReadiness | None) -> tuple[str, ...]:
    looked: datetime | None = ready.last_check if ready else None
    return (
        unit.code,
        unit.name,
        unit.short_name,
        "\n".join(unit.plates),
        unit.region,
        "\n".join(f"{contact.post} {contact.phone}" for contact in contacts_of(unit)),
        str(unit.batch or ""),
        "已启用" if unit.enabled else "未启用",
        f"{looked.astimezone(_CHINA):%Y-%m-%d %H:%M}" if looked else "",
    )
