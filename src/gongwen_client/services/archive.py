"""Archiving (归档): what is due, packages made and made again, packages checked."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gongwen_client.domain.archive import (
    ArchiveCounts,
    ArchiveDue,
    ArchiveExport,
    ArchiveItem,
    ArchiveRow,
    item_code,
)
from gongwen_client.domain.names import plain_name
from gongwen_client.domain.registers import Book, RegisterEntry, local_day
from gongwen_client.domain.rows import IncomingFiles
from gongwen_client.durable import write_atomically
from gongwen_client.exchange.files import disk_errors
from gongwen_client.render import RenderPool
from gongwen_client.services.archive_packages import PackageOrder, make_package
from gongwen_client.services.desk import Desk
from gongwen_client.services.exchange_bundles import make_exchange_bundle
from gongwen_client.store.documents import StoredDocument
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_docs.archive import MANIFEST, PackageReport
from gongwen_protocol.permissions import Action
from gongwen_protocol.profile import Archiving
from gongwen_protocol.sentences import Sentence, sentence

_FONDS = "archive.fonds"
_FOLDER = "archive.folder"
_LIST = "归档目录.csv"
_LIST_HEAD = (
    "档号",
    "题名",
    "文件编号",
    "责任者",
    "日期",
    "年度",
    "保管期限",
    "件号",
    "清单摘要（SM3）",
    "归档时间",
)


@dataclass(frozen=True)
class Archived:
    """What became of one document of a batch; ``problem`` is empty where its package is whole."""

    entry: RegisterEntry
    code: str
    problem: Sentence | None = None


@dataclass(frozen=True)
class ArchiveSettings:
    """全宗号 of the unit (empty while none is known), and where packages went last."""

    fonds: str
    folder: str


class ArchiveService:
    """Packages of documents for the unit's archive."""

    def __init__(
        self,
        desk: Desk,
        render: RenderPool,
        received_files: Callable[[str], IncomingFiles],
        sent_files: Callable[[str], IncomingFiles],
    ) -> None:
        self._desk = desk
        self._render = render
        self._files = {Book.RECEIVED: received_files, Book.SENT: sent_files}

    # -- what is due ----------------------------------------------------------------------------------------

    def rules(self) -> Archiving:
        """By when, and for how long. The national rules before the first contact with the exchange."""
        signed = self._desk.store.rules.in_force()
        return Archiving() if signed is None else signed.archives

    def counts(self, now: datetime) -> ArchiveCounts:
        """How many documents wait, are due within 30 days, are overdue: numbers for a tile."""
        return self._desk.store.archive.counts(local_day(now), self.rules().within_months)

    def due(self, now: datetime, first: int = 0, count: int = 200) -> ArchiveDue:
        """The reminder list: what is not archived yet, the most urgent first."""
        store, today, months = self._desk.store, local_day(now), self.rules().within_months
        rows = [
            ArchiveRow(store.registers.entry(entry_id), due_on, (due_on - today).days)
            for entry_id, due_on in store.archive.due(months, first, count)
        ]
        return ArchiveDue(self.counts(now), tuple(rows), months)

    def archived(self, first: int = 0, count: int = 200) -> tuple[tuple[RegisterEntry, ...], int]:
        """What went to the archive, newest first, and how much there is."""
        found, total = self._desk.store.archive.archived(first, count)
        return tuple(self._desk.store.registers.entry(entry_id) for entry_id in found), total

    def item(self, entry_id: int) -> ArchiveItem | None:
        """The archive's number of an entry."""
        return self._desk.store.archive.item(entry_id)

    def exports(self, entry_id: int) -> list[ArchiveExport]:
        """All packages made of an entry, oldest first."""
        return self._desk.store.archive.exports(entry_id)

    def settings(self) -> ArchiveSettings:
        """What was written last."""
        notes = self._desk.store.notes
        return ArchiveSettings(notes.get(_FONDS) or "", notes.get(_FOLDER) or "")

    def set_fonds(self, fonds: str) -> None:
        """The unit's 全宗号; numbers given before keep what they are."""
        if plain_name(fonds) != fonds and fonds:
            raise KnownError("archive.bad_fonds", fonds=fonds)
        self._desk.store.notes.set(_FONDS, fonds.strip())

    # -- archiving ------------------------------------------------------------------------------------------

    def archive(
        self,
        entry_ids: Sequence[int],
        period: str,
        target: Path,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> list[Archived]:
        """Slow. Make a package of each entry in ``target``; one that fails holds up no other. Entries that
        were archived before are exported again under their number. ``progress`` is told (done, of all).

        Raises RefusedError: archive.unknown_period, session.role_missing; KnownError: host.not_writable.
        """
        self._desk.grant()
        self._desk.require(Action.ARCHIVE)
        if period not in self.rules().periods:
            raise RefusedError("archive.unknown_period", period=period)
        with disk_errors(target):
            target.mkdir(parents=True, exist_ok=True)
        outcomes: list[Archived] = []
        for entry_id in dict.fromkeys(entry_ids):
            progress(len(outcomes), len(entry_ids))
            outcomes.append(self._archive_one(self._desk.store.registers.entry(entry_id), period, target))
        progress(len(outcomes), len(entry_ids))
        self._desk.store.notes.set(_FOLDER, str(target))
        self._desk.announcer.tell("registers")
        return outcomes

    def leave_out(self, entry_id: int, reason: str) -> None:
        """不归档, with the reason: the reminder ends. Raises KnownError("register.reason_missing")."""
        if not reason.strip():
            raise KnownError("register.reason_missing")
        desk = self._desk
        desk.grant()
        desk.require(Action.ARCHIVE)
        desk.store.registers.write(
            entry_id, {"not_archived": reason.strip()}, desk.clock.now(), desk.grant().post, reason.strip()
        )
        desk.announcer.tell("registers")

    def _archive_one(self, entry: RegisterEntry, period: str, target: Path) -> Archived:
        """The number is bound to the entry first; the entry is archived once its package lies there whole."""
        desk = self._desk
        code = ""
        try:
            if not entry.subject or entry.cancelled:
                raise KnownError("archive.paper_only", number=entry.label)
            fonds = desk.store.notes.get(_FONDS) or ""
            item = desk.store.archive.give_number(
                entry.entry_id,
                entry.year,
                period,
                lambda number: item_code(fonds, entry.year, period, number),
            )
            code = item.code
            at = desk.clock.now()
            digest = make_package(self._order(entry, item, fonds), target, self._render, at)
            post = desk.grant().post
            with desk.store.transaction():
                desk.store.archive.note_export(entry.entry_id, at, post, str(target), digest)
                if item.archived_at is None:
                    filed = {"filed_on": local_day(at).isoformat(), "file_number": code}
                    desk.store.registers.write(entry.entry_id, filed, at, post, "归档")
            self._add_to_list(target, entry, item, digest, at)
        except GongwenError as error:
            return Archived(entry, code, sentence(error))
        return Archived(entry, code)

    def _order(self, entry: RegisterEntry, item: ArchiveItem, fonds: str) -> PackageOrder:
        desk = self._desk
        files = self._files[entry.book](entry.subject)
        document = self._document(entry)
        return PackageOrder(
            entry=entry,
            item=item,
            document=document,
            files=files,
            receipts=[row.receipt.receipt for row in desk.store.receipts.of_document(document.document_id)],
            unit=desk.store.notes.get(Notes.OWNER_NAME) or "",
            fonds=fonds,
            post=desk.grant().post,
            evidence=lambda path: make_exchange_bundle(desk, document, files, path),
        )

    def _document(self, entry: RegisterEntry) -> StoredDocument:
        documents = self._desk.store.documents
        return (
            documents.of_delivery(entry.subject)
            if entry.book is Book.RECEIVED
            else documents.get(entry.subject)
        )

    @staticmethod
    def _add_to_list(
        target: Path, entry: RegisterEntry, item: ArchiveItem, digest: str, at: datetime
    ) -> None:
        """归档目录.csv of the folder: one line for each package, the newest export of a number only."""
        path = target / _LIST
        lines = {line[0]: line for line in _lines(path)}
        lines[item.code] = [
            item.code,
            entry.text("title"),
            entry.text("doc_number"),
            entry.text("unit"),
            entry.entered_on.isoformat(),
            str(item.year),
            item.period,
            str(item.number),
            digest,
            f"{at.astimezone():%Y-%m-%d %H:%M}",
        ]
        told = io.StringIO()
        writer = csv.writer(told)
        writer.writerow(_LIST_HEAD)
        writer.writerows(lines[code] for code in sorted(lines))
        write_atomically(path, told.getvalue().encode("utf-8-sig"))

    # -- checking -------------------------------------------------------------------------------------------

    def check(self, folder: Path) -> list[PackageReport]:
        """Slow. As :func:`check_folder`."""
        return list(check_folder(folder, self._render))


def check_folder(folder: Path, render: RenderPool) -> Iterator[PackageReport]:
    """Slow. Check one package, or all packages of a folder, in workers. Raises KnownError
    ("archive.nothing_here")."""
    packages = [folder] if (folder / MANIFEST).is_file() else _packages(folder)
    if not packages:
        raise KnownError("archive.nothing_here", folder=folder.name)
    for package in packages:
        yield render.check_archive(package)


def _packages(folder: Path) -> list[Path]:
    try:
        return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    except OSError:
        return []


def _lines(path: Path) -> list[list[str]]:
    """The lines that a list has so far, without its head; what is damaged is written anew."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError):
        return []
    return [line for line in csv.reader(io.StringIO(text)) if len(line) == len(_LIST_HEAD)][1:]
