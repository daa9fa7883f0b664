"""The client's side of the workers: everything that needs a document's bytes understood goes through here."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gongwen_client.render.codec import CodecError, decode, encode
from gongwen_client.render.facts import (
    DocumentFacts,
    LockFacts,
    Remark,
    RenderedSize,
    SealFace,
    SealFileFacts,
    SearchPart,
)
from gongwen_client.render.memory import SIZE
from gongwen_client.render.process import COMMAND, WorkerProcess
from gongwen_client.render.seats import Seat, Seats
from gongwen_client.render.text import PackedText, unpack
from gongwen_client.render.wire import Message
from gongwen_crypto.errors import BugError, GongwenError, KnownError, RefusedError
from gongwen_docs.draw.results import PageText, Pixels, SealView
from gongwen_docs.ofd.navigation import Link, Navigation
from gongwen_docs.ofd.values import Box
from gongwen_docs.verify import Expectation

if TYPE_CHECKING:  # the worker imports this package too, and starts faster without these
    from gongwen_client.domain.drafts import StampPlace
    from gongwen_docs.archive import PackageReport
    from gongwen_docs.inspect import FileMarks, Inspection, LayoutPart
    from gongwen_docs.plain.facts import PlainFacts
    from gongwen_docs.sign import Placement, Prepared
    from gongwen_docs.sign.forms import PdfForm

T = TypeVar("T")

_ERRORS: dict[str, type[GongwenError]] = {"known": KnownError, "refused": RefusedError, "bug": BugError}


@dataclass(frozen=True)
class TimeLimits:
    """Seconds that a call may take. ``start`` covers launching a worker, once."""

    start: float = 15.0
    page: float = 10.0
    document: float = 30.0
    whole_file: float = 120.0


@dataclass(frozen=True)
class RenderedPage:
    """A page's picture and the remarks about its document so far."""

    pixels: Pixels
    remarks: tuple[Remark, ...]


class RenderPool:
    """A few worker processes, started when first needed and replaced when they die.

    Safe for several threads; a call waits for a free worker, preferably one that has the document open. Every
    call may raise ``KnownError`` ``render.worker_died``, ``render.timeout``, ``render.out_of_memory`` or
    ``render.stopped`` besides what it states. Whatever a document does to its worker, the client lives on and
    the next call finds a fresh one.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        limits: TimeLimits | None = None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._limits = limits or TimeLimits()
        self._seats = Seats(workers or min(4, max(2, (os.cpu_count() or 2) - 1)), command)
        self._keys: dict[Path, dict[str, bytes]] = {}

    def warm_up(self) -> None:
        """Start one worker before it is needed."""
        self._call("ping", None, self._limits.page, {}, _nothing)

    def open(self, path: Path, *, all_sizes: bool = True) -> DocumentFacts:
        """Open a document and tell about it. Raises ``KnownError`` for a file that cannot be read.

        Without ``all_sizes`` a long document is there at once; ``page_sizes`` tells the sizes still missing.
        """
        return self._ask("describe", DocumentFacts, self._limits.document, path, all_sizes=all_sizes)

    def locks(self, path: Path) -> tuple[LockFacts, ...]:
        """What keeps an encrypted file (GM/T 0099) locked; empty for a file that is not encrypted or was
        unlocked."""
        return self._ask("locks", tuple[LockFacts, ...], self._limits.document, path)

    def unlock(self, path: Path, derived: bytes = b"", keys: Mapping[str, bytes] | None = None) -> None:
        """Open an encrypted file with a key ``derived`` from a password, or with file ``keys`` (key and IV by
        lock). Until it is forgotten all calls about it work on its decrypted content.

        Raises ``KnownError``: ``ofd.encryption.wrong_password`` and kin; every try may be repeated.
        """
        known = {**self._keys.get(path, {}), **(keys or {})}
        kind = dict[str, bytes]
        found = self._ask("unlock", kind, self._limits.whole_file, path, derived=derived, known=known)
        self._keys[path] = found

    def encrypt(
        self, path: Path, target: Path, at: datetime, password: str = "", certificates: Sequence[bytes] = ()
    ) -> None:
        """Write a file encrypted with a password or for the holders of ``certificates`` (DER).

        Raises ``RefusedError`` ``ofd.encryption.weak_password``, ``KnownError``
        ``crypto.not_for_encryption``.
        """
        arguments = {"target": target, "password": password, "certificates": certificates, "at": at}
        self._call("encrypt_file", path, self._limits.whole_file, arguments, _nothing)

    def decrypt(self, path: Path, target: Path) -> None:
        """Write an unlocked file as it was before encryption. Raises ``KnownError``
        ``ofd.encryption.not_encrypted``, ``ofd.encryption.still_locked``."""
        self._call("decrypt_file", path, self._limits.whole_file, {"target": target}, _nothing)

    def lock(self, path: Path) -> None:
        """Throw the keys of a file away, here and in the workers."""
        self._keys.pop(path, None)
        self.forget(path)

    def render(
        self,
        path: Path,
        page: int,
        dpi: float,
        rect_mm: tuple[float, float, float, float] | None = None,
        for_print: bool = False,
        seals: SealView = SealView.SHOWN,
    ) -> RenderedPage:
        """A page (from 0) or its part ``rect_mm`` (x, y, width, height). Raises as ``Drawing.render``."""
        arguments = {"page": page, "dpi": dpi, "rect_mm": rect_mm, "for_print": for_print, "seals": seals}

        def take(worker: WorkerProcess, result: Any) -> RenderedPage:
            size = decode(RenderedSize, result)
            length = size.width * size.height * 3
            if size.width < 1 or size.height < 1 or length > SIZE:
                raise CodecError("no such picture")
            data = worker.memory.read(length)
            return RenderedPage(Pixels(size.width, size.height, data), size.remarks)

        return self._call("render", path, self._limits.page, arguments, take)

    def page_sizes(self, path: Path, first: int, count: int) -> tuple[tuple[float, float], ...]:
        """Width and height in mm of up to ``count`` pages from page ``first`` on."""
        kind = tuple[tuple[float, float], ...]
        return self._ask("page_sizes", kind, self._limits.document, path, first=first, count=count)

    def text(self, path: Path, page: int) -> PageText:
        """Text of a page with the boxes of its characters in mm."""

        def take(_: WorkerProcess, result: Any) -> PageText:
            return unpack(decode(PackedText, result))

        return self._call("text", path, self._limits.page, {"page": page}, take)

    def search(self, path: Path, words: str, first_page: int = 0) -> SearchPart:
        """Look for ``words`` for a tenth of a second; whoever wants more asks again from ``next_page``."""
        limit = self._limits.page
        return self._ask("search", SearchPart, limit, path, words=words, first_page=first_page)

    def catalogue(self, path: Path) -> dict[str, Any]:
        """Everything that a document says about itself, by topic."""
        return self._ask("catalogue", dict[str, Any], self._limits.document, path)

    def navigation(self, path: Path) -> Navigation:
        """Table of contents, bookmarks, actions on opening."""
        return self._ask("navigation", Navigation, self._limits.document, path)

    def links(self, path: Path, page: int) -> tuple[Link, ...]:
        """Places of a page that lead somewhere."""
        return self._ask("links", tuple[Link, ...], self._limits.page, path, page=page)

    def verify(
        self,
        path: Path,
        trust_dir: Path | None,
        now: datetime,
        witnessed_at: datetime | None = None,
        expected: Expectation | None = None,
    ) -> dict[str, Any]:
        """The verdict as ``gongwen_docs.verify.Report.to_json`` gives it. Bad input is a verdict.

        ``now`` is aware. ``expected`` is what the exchange's record says the document carries.
        Raises ``KnownError`` ``crypto.trust_store_unreadable``.
        """
        arguments = {
            "trust_dir": trust_dir,
            "now": now,
            "witnessed_at": witnessed_at,
            "expected": expected or Expectation(),
        }
        return self._ask("verify", dict[str, Any], self._limits.document, path, **arguments)

    def verify_bundle(
        self, path: Path, trust_dir: Path | None, now: datetime, exchange: Sequence[bytes] = ()
    ) -> dict[str, Any]:
        """The verdict about an evidence bundle and the document in it (docs/evidence-bundle.md). Bad input is
        a verdict. ``exchange``: certificates (DER) whose receipts count besides those of the roots.
        Raises ``KnownError`` ``crypto.trust_store_unreadable``."""
        arguments = {"trust_dir": trust_dir, "now": now, "exchange": list(exchange)}
        return self._ask("verify_bundle", dict[str, Any], self._limits.whole_file, path, **arguments)

    def unpack_bundle(self, path: Path, folder: Path) -> dict[str, str]:
        """Write document and attachments of an evidence bundle into an empty folder; path in the bundle →
        name in the folder. Raises ``KnownError`` ``bundle.*`` and ``ofd.container.*``."""
        return self._ask("unpack_bundle", dict[str, str], self._limits.whole_file, path, folder=folder)

    def read_seal_file(self, path: Path, trust_dir: Path | None, now: datetime, side: int) -> SealFileFacts:
        """A seal file (.esl), its picture at most ``side`` px, and the check of it. Bad input is a verdict.
        Raises ``KnownError`` ``crypto.trust_store_unreadable``, ``ofd.container.unreadable``."""
        arguments = {"trust_dir": trust_dir, "now": now, "side": side}
        return self._ask("read_seal_file", SealFileFacts, self._limits.document, path, **arguments)

    def seal_pictures(self, path: Path) -> tuple[bytes, ...]:
        """The seal of each signature as PNG, in the order of the report; empty where it cannot be drawn."""
        return self._ask("seal_pictures", tuple[bytes, ...], self._limits.document, path)

    def inspect(self, path: Path) -> Inspection:
        """What is to be seen in a document before it is sealed or sent."""
        from gongwen_docs.inspect import Inspection

        return self._ask("inspect", Inspection, self._limits.whole_file, path)

    def file_marks(self, path: Path) -> FileMarks:
        """Marks of secrecy in any file, and what of it could not be read."""
        from gongwen_docs.inspect import FileMarks

        return self._ask("file_marks", FileMarks, self._limits.whole_file, path)

    def layout(self, path: Path, first: int = 0) -> LayoutPart:
        """What speaks against the layout of some pages from ``first`` on. Takes half a second, so that pages
        can be drawn between two parts."""
        from gongwen_docs.inspect import LayoutPart

        return self._ask("layout", LayoutPart, self._limits.document, path, first=first)

    def check_parts(self, path: Path) -> None:
        """Raises ``KnownError`` ``ofd.container.damaged`` for damage anywhere in the package, used or not,
        and ``ofd.container.missing_part`` for a file that a page needs."""
        self._call("check_parts", path, self._limits.document, {}, _nothing)

    def read_seal(self, seal_der: bytes, certificate_der: bytes, side: int) -> SealFace:
        """What a key's seal says of itself, and its picture at most ``side`` px wide and high.

        Raises KnownError: seal.bad_seal and kin for what is no seal.
        """
        arguments = {"seal_der": seal_der, "certificate_der": certificate_der, "side": side}
        return self._call(
            "read_seal",
            None,
            self._limits.page,
            arguments,
            lambda _, result: decode(SealFace, result),
        )

    def prepare_seal(
        self,
        path: Path,
        target: Path,
        seal_der: bytes,
        certificate_der: bytes,
        algorithm_oid: str,
        place: StampPlace | Sequence[Placement],
        at: datetime,
        pdf_form: PdfForm | None = None,
    ) -> Prepared:
        """Write all of a sealed document but its signature value; see ``gongwen_docs.sign.prepare``.

        ``place`` is one stamp, or the slices of a seal over the edges of many pages (骑缝章); ``pdf_form``
        counts for PDF files, None is a seal signature.
        """
        from gongwen_docs.sign import Placement, Prepared
        from gongwen_docs.sign.forms import PdfForm

        if not isinstance(place, Sequence):
            box = Box(place.x, place.y, place.width, place.height)
            place = (Placement(place.page_index, box),)
        return self._ask(
            "prepare_seal",
            Prepared,
            self._limits.whole_file,
            path,
            target=target,
            seal_der=seal_der,
            certificate_der=certificate_der,
            algorithm_oid=algorithm_oid,
            placements=place,
            at=at,
            pdf_form=pdf_form or PdfForm.SES,
        )

    def complete_seal(
        self, target: Path, prepared: Prepared, signature_value: bytes, time_stamp: bytes | None = None
    ) -> None:
        """Add the signature value and a time stamp over it; see ``gongwen_docs.sign.complete``."""
        arguments = {
            "target": target,
            "prepared": prepared,
            "signature_value": signature_value,
            "time_stamp": time_stamp,
        }
        self._call("complete_seal", None, self._limits.whole_file, arguments, _nothing)

    def export_pdf(
        self,
        path: Path,
        target: Path,
        pages: Sequence[int] | None = None,
        for_print: bool = True,
        seals: SealView = SealView.SHOWN,
    ) -> None:
        """Write pages (default: all) as vector PDF of exact size. Raises as ``Drawing.export_pdf``."""
        arguments = {"target": target, "pages": pages, "for_print": for_print, "seals": seals}
        self._call("export_pdf", path, self._limits.whole_file, arguments, _nothing)

    def plain_copy(self, path: Path, target: Path) -> PlainFacts:
        """Write a document without signatures, seal objects and time stamps, the seals as pictures; see
        ``gongwen_docs.plain``. Raises ``KnownError`` ``archive.looks_different``."""
        from gongwen_docs.plain.facts import PlainFacts

        return self._ask("make_plain_copy", PlainFacts, self._limits.whole_file, path, target=target)

    def check_archive(self, folder: Path) -> PackageReport:
        """Check an archive package. Whatever lies there is a finding, never an error."""
        from gongwen_docs.archive import PackageReport

        arguments = {"folder": folder}
        seconds = self._limits.whole_file
        return self._call(
            "check_archive", None, seconds, arguments, lambda _, result: decode(PackageReport, result)
        )

    def do(self, operation: str, path: Path | None, kind: type[T], **arguments: Any) -> T:
        """An operation over a whole file; for the other modules of this room."""
        seconds = self._limits.whole_file
        return self._call(operation, path, seconds, arguments, lambda _, result: decode(kind, result))

    def save_attachment(self, path: Path, attachment_id: str, target: Path) -> None:
        """Write an attachment of a document to ``target``."""
        arguments = {"attachment_id": attachment_id, "target": target}
        self._call("save_attachment", path, self._limits.document, arguments, _nothing)

    def forget(self, path: Path) -> None:
        """Close a document in all workers, so that its file can be replaced or deleted on Windows."""
        while (seat := self._seats.take_holder(path)) is not None:
            with suppress(KnownError):  # a worker that is gone holds no file
                self._use(seat, "forget", None, self._limits.page, {"path": path}, _nothing)

    def stop(self) -> None:
        """End all workers within 3 s, also those at work: who waits for one hears that it died.

        Later calls raise ``KnownError`` ``render.stopped``.
        """
        self._seats.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the idle workers; for diagnostics and tests."""
        return self._seats.pids()

    # Inside

    def _ask(self, operation: str, kind: type[T], seconds: float, path: Path, **arguments: Any) -> T:
        return self._call(operation, path, seconds, arguments, lambda _, result: decode(kind, result))

    def _call(
        self,
        operation: str,
        path: Path | None,
        seconds: float,
        arguments: dict[str, Any],
        take: Callable[[WorkerProcess, Any], T],
    ) -> T:
        return self._use(self._seats.take(path), operation, path, seconds, arguments, take)

    def _use(
        self,
        seat: Seat,
        operation: str,
        path: Path | None,
        seconds: float,
        arguments: dict[str, Any],
        take: Callable[[WorkerProcess, Any], T],
    ) -> T:
        given = arguments if path is None else {"path": path, **arguments}
        request = {"operation": operation, "arguments": encode(given)}
        if path in self._keys:
            request["keys"] = encode(self._keys[path])
        with self._seats.at_work(seat) as worker:
            answer = worker.call(request, seconds, self._limits.start)
            if path is not None:
                seat.note(path)
            try:
                return take(worker, _result(answer))
            except CodecError as error:
                raise KnownError("render.worker_died") from error


def _result(answer: Message) -> Any:
    """The result of an answer, or its error raised."""
    if "error" in answer:
        kind = _ERRORS.get(str(answer["error"]), BugError)
        raise kind(str(answer.get("code")), **decode(dict[str, Any], answer.get("facts")))
    return answer.get("result")


def _nothing(_: WorkerProcess, __: Any) -> None:
    return None
