"""下载副本 (脱密下载): files that are managed as photocopies and can never pass for the original.

The exchange puts each download on record before any file is written (Jiangmen art. 35 and 36: in some regions
it is the receipt in law). A download of which the record could not be made does not take place.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gongwen_client.domain.drafts import LocalFile
from gongwen_client.domain.intents import IntentKind
from gongwen_client.domain.names import file_name, safe_suffix
from gongwen_client.exchange.api import in_foreground
from gongwen_client.exchange.files import copy_file, disk_errors
from gongwen_client.exchange.words import in_words
from gongwen_client.render import RenderedPage, RenderPool
from gongwen_client.render.paper import PaperWork
from gongwen_client.services.desk import Desk
from gongwen_client.services.incoming import IncomingService
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_docs.copies.orders import CopyFormat, CopyNotice, CopyOrder
from gongwen_docs.draw.results import SealView
from gongwen_protocol.actions import WorkingCopy
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import Elements
from gongwen_protocol.permissions import Action
from gongwen_protocol.profile import CopySeal, RegionProfile
from gongwen_protocol.states import DeliveryEvent
from gongwen_protocol.transitions import DELIVERIES

PURPOSES = ("传阅办理", "导入本单位办公系统", "存档备查", "会议材料")
LONGEST_PURPOSE = 60

_LAID_OUT = frozenset((".ofd", ".pdf"))
_ROOM = 1 << 20
"""Bytes that stay free beside what is written."""


@dataclass(frozen=True)
class CopyPart:
    """A file of the document. Only fixed-layout files can be marked; others are saved as they came."""

    file: LocalFile
    is_body: bool
    marked: bool


class CopyService:
    """Makes copies, has them put on record, saves them."""

    def __init__(self, desk: Desk, incoming: IncomingService, render: RenderPool, folder: Path) -> None:
        self._desk = desk
        self._incoming = incoming
        self._render = render
        self._paper = PaperWork(render)
        self._folder = folder

    def parts(self, delivery_id: str) -> tuple[CopyPart, ...]:
        """Slow. Body first, then the attachments. Raises as ``IncomingService.files``."""
        files = self._incoming.files(delivery_id)
        return tuple(
            CopyPart(file, number == 0, safe_suffix(file.name) in _LAID_OUT)
            for number, file in enumerate((files.body, *files.attachments))
        )

    def preview(self, delivery_id: str, purpose: str, dpi: float) -> RenderedPage:
        """Slow. The first page of the body as its copy will look; nothing is saved or put on record."""
        body = self._incoming.files(delivery_id).body
        with self._place() as folder:
            target = folder / "preview.pdf"
            order = self._order(delivery_id, CopyFormat.PDF, purpose)
            self._paper.write_copy(body.path, target, order, pages=1)
            try:
                return self._render.render(target, 0, dpi)
            finally:
                self._render.forget(target)

    def take(
        self, delivery_id: str, parts: Sequence[CopyPart], form: CopyFormat, purpose: str, folder: Path
    ) -> list[Path]:
        """Slow. Make the copies, have them put on record, write them into ``folder``; none replaces a file
        that is there. Returns them in the order of ``parts``.

        Raises KnownError: reason.missing, network.*, file.*, host.disk_full, copy.on_record (the record was
        made, not all files were written), what drawing raises; RefusedError: print.not_received, delivery.*,
        session.role_missing.
        """
        purpose = " ".join(purpose.split())[:LONGEST_PURPOSE]
        if not purpose:
            raise KnownError("reason.missing")
        self._desk.grant()
        self._desk.require(Action.PRINT)
        self._require_state(delivery_id)
        order = self._order(delivery_id, form, purpose)
        with self._place() as place:
            made = [self._make(part, number, order, place) for number, part in enumerate(parts)]
            _require_room(folder, made)
            self._put_on_record(delivery_id, purpose)
            elements = self._desk.store.documents.of_delivery(delivery_id).elements
            try:
                return _save_all(zip(parts, made, strict=True), folder, elements)
            except KnownError as error:
                raise KnownError("copy.on_record", problem=in_words(error)) from error
            finally:
                self._desk.announcer.tell("incoming")

    # -- steps ----------------------------------------------------------------------------------------------

    def _require_state(self, delivery_id: str) -> None:
        state = self._desk.store.documents.delivery_state(delivery_id)
        DELIVERIES.step(state, DeliveryEvent.COPY, self._rules(delivery_id))

    def _rules(self, delivery_id: str) -> RegionProfile:
        return self._desk.profile_of(self._desk.store.documents.of_delivery(delivery_id))

    def _order(self, delivery_id: str, form: CopyFormat, purpose: str) -> CopyOrder:
        grant = self._desk.grant()
        at = f"{self._desk.clock.now().astimezone():%Y-%m-%d %H:%M}"
        removed = self._rules(delivery_id).seal_on_copies is CopySeal.REMOVED
        return CopyOrder(
            form,
            SealView.HIDDEN if removed else SealView.GREY,
            CopyNotice(grant.unit_name, grant.post, at, purpose),
            self._desk.store.documents.of_delivery(delivery_id).elements.title,
        )

    def _make(self, part: CopyPart, number: int, order: CopyOrder, place: Path) -> Path:
        if not part.marked:
            target = place / f"{number}{safe_suffix(part.file.name)}"
            copy_file(part.file.path, target)
            return target
        target = place / f"{number}.{order.format.value}"
        self._paper.write_copy(part.file.path, target, order)
        return target

    def _put_on_record(self, delivery_id: str, purpose: str) -> None:
        """The exchange writes it down, now or not at all: a wish that waits would speak of files that were
        never written."""
        desk = self._desk
        payload = canonical_bytes(WorkingCopy(purpose=purpose)).decode()
        intent = desk.store.outbox.add_held(IntentKind.COPY, delivery_id, payload, desk.clock.now())
        try:
            in_foreground(lambda: desk.engine.small_actions.perform(intent))
        except GongwenError as error:
            desk.store.outbox.drop(intent)
            if isinstance(error, RefusedError):
                desk.engine.nudge()
            raise
        desk.engine.nudge()

    @contextmanager
    def _place(self) -> Iterator[Path]:
        """A folder of our own for the making, gone afterwards with all that is in it."""
        folder = self._folder / uuid.uuid4().hex
        with disk_errors(folder):
            folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _require_room(folder: Path, made: Sequence[Path]) -> None:
    """Before anything is put on record: the folder is there, can be written, and has the room."""
    probe = folder / f".{uuid.uuid4().hex}.part"
    with disk_errors(folder):
        free = shutil.disk_usage(folder).free
        probe.write_bytes(b"")
        probe.unlink()
        needed = sum(path.stat().st_size for path in made)
    if free < needed + _ROOM:
        raise KnownError("host.disk_full", folder=str(folder))


def _save_all(made: Iterator[tuple[CopyPart, Path]], folder: Path, elements: Elements) -> list[Path]:
    saved: list[Path] = []
    for part, path in made:
        target = _free(folder, _name(part, path.suffix, elements))
        copy_file(path, target)
        saved.append(target)
    return saved


def _name(part: CopyPart, suffix: str, elements: Elements) -> str:
    if part.is_body:
        number = f"{elements.doc_number} " if elements.doc_number else ""
        return file_name(f"副本 {number}{elements.title}", suffix)
    kind = "副本" if part.marked else "附件"
    return file_name(f"{kind} {Path(part.file.name).stem}", suffix)


def _free(folder: Path, name: str) -> Path:
    """A name in ``folder`` that nothing has yet: 名（2）.pdf where 名.pdf is there."""
    target = folder / name
    number = 2
    while target.exists():
        target = folder / f"{Path(name).stem}（{number}）{Path(name).suffix}"
        number += 1
    return target
