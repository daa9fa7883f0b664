"""验真码: whether a printed original is one, and whether it was void."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gongwen_client.exchange.api import in_foreground
from gongwen_client.exchange.pinning import pinned_certificates
from gongwen_client.exchange.retry import is_network
from gongwen_client.exchange.words import in_words
from gongwen_client.render import RenderPool
from gongwen_client.render.paper import PaperWork
from gongwen_client.services.desk import Desk
from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_protocol.copy_marks import PREFIX, CopyMark, CopyMarkStatus, read_mark
from gongwen_protocol.states import TicketState


class MarkVerdict(StrEnum):
    """What can be said of a paper with a mark."""

    GENUINE = "genuine"  # signed by the exchange, printed, not void
    UNSETTLED = "unsettled"  # signed; nobody has said yet whether this copy came out
    VOID = "void"  # signed, but this copy was given up and its number printed anew
    UNKNOWN = "unknown"  # signed; the exchange could not be asked whether it is void
    FORGED = "forged"  # the signature does not hold


@dataclass(frozen=True)
class MarkFinding:
    """``mark`` is what the paper's mark states, ``status`` what the exchange says of the copy; ``unit_name``
    and ``document`` come from this PC's own records where the exchange could not be asked, or stay empty."""

    verdict: MarkVerdict
    mark: CopyMark
    status: CopyMarkStatus | None = None
    unit_name: str = ""
    document: str = ""
    problem: str = ""


_VERDICTS = {
    TicketState.PRINTED: MarkVerdict.GENUINE,
    TicketState.VOID: MarkVerdict.VOID,
}


def judge_offline(text: str, trusted: Iterable[bytes]) -> MarkFinding:
    """With the exchange's certificates (DER) alone. Raises KnownError: copy_mark.unreadable."""
    read = read_mark(text)
    verdict = MarkVerdict.UNKNOWN if read.signed_by(trusted) else MarkVerdict.FORGED
    return MarkFinding(verdict, read.mark)


class CopyMarkService:
    """Judges marks; asks the exchange where it can."""

    def __init__(self, desk: Desk, render: RenderPool) -> None:
        self._desk = desk
        self._paper = PaperWork(render)

    def check(self, text: str) -> MarkFinding:
        """Slow. Works without network too. Raises KnownError: copy_mark.unreadable."""
        trusted = pinned_certificates(self._desk.store)
        found = judge_offline(text, trusted)
        if found.verdict is MarkVerdict.FORGED:
            return MarkFinding(
                MarkVerdict.FORGED, found.mark, problem=in_words(KnownError("copy_mark.forged"))
            )
        letters = "".join(text.split()).upper()
        try:
            self._desk.grant()
            path = f"/v1/copy-marks/{letters}"
            status = in_foreground(lambda: self._desk.api.get(path, CopyMarkStatus))
        except GongwenError as error:
            return self._from_here(found, error)
        verdict = _VERDICTS.get(status.state, MarkVerdict.UNSETTLED)
        if status.document_digest != found.mark.document_digest:
            verdict = MarkVerdict.FORGED
        document = named(status.doc_number, status.title)
        return MarkFinding(verdict, found.mark, status, status.unit_name, document)

    def check_picture(self, path: Path) -> MarkFinding:
        """Slow. The same with the mark in a photograph or scan. Raises KnownError: copy_mark.not_found,
        draw.*, copy_mark.unreadable."""
        texts = self._paper.read_codes(path)
        marks = [text for text in texts if text.startswith(PREFIX)]
        if not marks:
            raise KnownError("copy_mark.unreadable" if texts else "copy_mark.not_found", file=path.name)
        return self.check(marks[0])

    def _from_here(self, found: MarkFinding, error: GongwenError) -> MarkFinding:
        """What this PC knows itself, when the exchange cannot be asked: its unit's own copies, names."""
        store = self._desk.store
        unit = next((unit.name for unit in store.units.list() if unit.code == found.mark.unit_code), "")
        verdict, document = found.verdict, ""
        with suppress(KnownError):  # a copy of another unit, mostly
            ticket = store.tickets.get(found.mark.ticket_id)
            verdict = _VERDICTS.get(ticket.state, verdict)
            elements = store.documents.of_delivery(ticket.delivery_id).elements
            document = named(elements.doc_number, elements.title)
        away = KnownError("copy_mark.exchange_away") if _is_away(error) else error
        return MarkFinding(verdict, found.mark, None, unit, document, in_words(away))


def named(doc_number: str, title: str) -> str:
    """A document as people name it: 示府发〔2026〕1号《关于…的通知》."""
    return f"{doc_number}《{title}》"


def _is_away(error: GongwenError) -> bool:
    return is_network(error) or error.code in ("session.none", "session.expired")
