"""Choosing whom a document goes to: directory, groups, lists of names, and what the document itself says."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from gongwen_client.domain.addressees import AddressBook, blocked
from gongwen_client.domain.comparison import Comparison, compare
from gongwen_client.domain.pinyin import NameIndex
from gongwen_client.services.desk import Desk
from gongwen_client.services.examination import Examiner
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import Unit, UnitGroup

LONGEST_GROUP_NAME = 60


@dataclass(frozen=True)
class Addressing:
    """Everything that the choice of recipients looks at. ``obstacles``: the code of why, by the code of a
    unit that cannot be addressed; ``successors``: whom to address in place of one that was renamed, merged or
    abolished; ``own_groups`` are this PC's, ``groups`` the exchange's."""

    book: AddressBook
    index: NameIndex
    obstacles: dict[str, str]
    groups: tuple[UnitGroup, ...]
    own_groups: tuple[UnitGroup, ...]
    article: str
    successors: dict[str, Unit] = field(default_factory=dict)
    changes_article: str = ""

    def in_place_of(self, unit: Unit) -> Unit:
        """The unit that follows it, or itself."""
        return self.successors.get(unit.code, unit)

    def obstacle(self, unit: Unit) -> str:
        """Why the unit cannot be addressed; empty where it can."""
        return self.obstacles.get(unit.code, "")


class AddressingService:
    """Reads the local directory; groups made here are kept here."""

    def __init__(self, desk: Desk, examiner: Examiner) -> None:
        self._desk = desk
        self._examiner = examiner
        self._index: tuple[tuple[Unit, ...], NameIndex] | None = None
        self._lock = threading.Lock()

    def open(self, receiving: Collection[str] = ()) -> Addressing:
        """Slow. The directory, ready to be searched and chosen from; not again the units ``receiving`` (their
        codes) the document already."""
        book = self._book()
        profile = self._desk.profile()
        city, today = profile.region, self._today()
        obstacles = {unit.code: code for unit in book.units if (code := blocked(unit, city, today))}
        obstacles |= dict.fromkeys(receiving, "directory.unit_receives_already")
        return Addressing(
            book=book,
            index=self._indexed(book.units),
            obstacles=obstacles,
            groups=self._desk.store.units.groups(),
            own_groups=self._desk.store.own_groups.list(),
            article=profile.article_of("jurisdiction"),
            successors=book.successors(today),
            changes_article=profile.article_of("unit_changes"),
        )

    def compare(self, document_id: str) -> Comparison:
        """Slow. Recipients against 主送 and 抄送 as the body prints them; where it prints none that can be
        read, as the form has them. Raises what opening a damaged body raises."""
        draft = self._desk.store.drafts.get(document_id)
        profile = self._desk.profile()
        city, today = profile.region, self._today()
        main, cc = draft.elements.main_text, draft.elements.cc_text
        if draft.body is not None:
            read = self._examiner.examine(draft.body, profile).inspection.prefill
            main, cc = read.main_recipients or main, read.cc or cc
        book = self._book()
        heirs = book.successors(today)
        return compare(
            book,
            main,
            cc,
            draft.recipients,
            lambda unit: blocked(unit, city, today),
            lambda unit: heirs.get(unit.code, unit),
        )

    def save_group(self, name: str, unit_codes: tuple[str, ...]) -> None:
        """Make a group, or change the one of this name. Raises KnownError: group.name_missing,
        group.name_too_long, group.empty, group.name_taken (by one of the exchange's)."""
        name = self._group_name(name)
        if not unit_codes:
            raise KnownError("group.empty")
        self._desk.store.own_groups.save(UnitGroup(name=name, unit_codes=unit_codes))
        self._desk.announcer.tell("directory")

    def rename_group(self, old: str, new: str) -> None:
        """Give an own group another name. Raises KnownError: group.name_*, group.not_found."""
        new = self._group_name(new)
        with self._desk.store.transaction():
            groups = {group.name: group for group in self._desk.store.own_groups.list()}
            if old not in groups:
                raise KnownError("group.not_found", name=old)
            if new != old and new in groups:
                raise KnownError("group.name_taken", name=new)
            self._desk.store.own_groups.delete(old)
            self._desk.store.own_groups.save(groups[old].model_copy(update={"name": new}))
        self._desk.announcer.tell("directory")

    def delete_group(self, name: str) -> None:
        """Forget an own group; documents keep their recipients."""
        self._desk.store.own_groups.delete(name)
        self._desk.announcer.tell("directory")

    def _group_name(self, name: str) -> str:
        name = " ".join(name.split())
        if not name:
            raise KnownError("group.name_missing")
        if len(name) > LONGEST_GROUP_NAME:
            raise KnownError("group.name_too_long", longest=LONGEST_GROUP_NAME)
        if any(group.name == name for group in self._desk.store.units.groups()):
            raise KnownError("group.name_taken", name=name)
        return name

    def _book(self) -> AddressBook:
        store = self._desk.store
        grant = self._desk.session.grant
        own = grant.unit_code if grant else store.notes.get(store.notes.OWNER_CODE) or ""
        return AddressBook(store.units.list(), (*store.own_groups.list(), *store.units.groups()), own)

    def _indexed(self, units: tuple[Unit, ...]) -> NameIndex:
        with self._lock:
            if self._index is None or self._index[0] != units:
                self._index = (units, NameIndex(units))
            return self._index[1]

    def _today(self) -> str:
        offset = self._desk.engine.connection.facts.server_time_offset
        now = self._desk.clock.now() + timedelta(seconds=offset)
        return now.astimezone(ZoneInfo(self._desk.profile().time_zone)).date().isoformat()
