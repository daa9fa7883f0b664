"""公告和停机通知: believed under the exchange's signature only, readable without it, and what they mean for
what this unit has sent (Ordos art. 13, Jiangmen art. 38 and 39)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gongwen_client.domain.notices import Impact, NoticeCard, NoticeState, cards, to_show
from gongwen_client.exchange.api import in_foreground
from gongwen_client.exchange.bulletin import fetch_notices
from gongwen_client.exchange.pinning import pinned_certificates
from gongwen_client.services.desk import Desk
from gongwen_crypto.errors import KnownError
from gongwen_protocol.announcements import (
    LARGEST_FILE,
    Notice,
    NoticeKind,
    NoticeProblem,
    SignedNotice,
    judge_notice,
    read_notice,
)
from gongwen_protocol.sentences import Sentence, sentence
from gongwen_protocol.states import DocumentState


@dataclass(frozen=True)
class NoticeCheck:
    """The answer about a file. ``problem``: why it must not be acted upon, None when it may; ``kept``: it is
    now among the announcements (it was signed by the exchange)."""

    notice: Notice
    problem: Sentence | None
    kept: bool


class NoticeService:
    """Works before log-in and without a network; only ``refresh`` asks the exchange."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def all(self) -> list[NoticeCard]:
        """Newest first."""
        return cards(self._desk.store.notices.all(), self._desk.clock.now())

    def to_show(self) -> list[NoticeCard]:
        """What stands above every page now."""
        return to_show(self.all(), self._desk.clock.now())

    def unread(self) -> int:
        """Current notices that nobody here has read."""
        return sum(not card.read and card.state is NoticeState.CURRENT for card in self.all())

    def mark_read(self, notice_id: str) -> None:
        """A person has read it."""
        if self._desk.store.notices.mark_read(notice_id, self._desk.clock.now()):
            self._desk.announcer.tell("notices")

    def refresh(self) -> None:
        """Slow. Fetch what is announced, also without a session. Raises KnownError: network.*,
        exchange.certificate_changed."""
        if in_foreground(lambda: fetch_notices(self._desk.api, self._desk.store, pin=True)):
            self._desk.announcer.tell("notices")

    def check_file(self, path: Path) -> NoticeCheck:
        """Verify a notice that came by e-mail or USB stick; a good one is kept from now on.

        Raises KnownError: notice.unreadable, notice.no_exchange."""
        signed = load_notice(path)
        trusted = pinned_certificates(self._desk.store)
        if not trusted:
            raise KnownError("notice.no_exchange")
        problem = judge_notice(signed, trusted, self._desk.clock.now())
        if problem not in (None, NoticeProblem.EXPIRED):
            return NoticeCheck(signed.notice, problem_sentence(signed, problem), kept=False)
        try:
            if self._desk.store.notices.add(signed, by_file=True):
                self._desk.announcer.tell("notices")
        except KnownError as error:
            return NoticeCheck(signed.notice, sentence(error), kept=False)
        if problem is None:
            card = self.card(signed.notice.notice_id)
            if card.ended_by is not None:
                withdrawn = sentence(KnownError("notice.withdrawn", title=card.ended_by.title))
                return NoticeCheck(signed.notice, withdrawn, kept=True)
            return NoticeCheck(signed.notice, None, kept=True)
        return NoticeCheck(signed.notice, problem_sentence(signed, problem), kept=True)

    def card(self, notice_id: str) -> NoticeCard:
        """One of them. Raises KnownError("notice.unknown")."""
        for card in self.all():
            if card.notice.notice_id == notice_id:
                return card
        raise KnownError("notice.unknown", notice=notice_id)

    def impact(self, notice_id: str) -> Impact:
        """What an outage (or the end of one) means for what this unit sent."""
        card = self.card(notice_id)
        outage = card.notice
        if outage.kind is NoticeKind.RECOVERY and outage.refers_to is not None:
            outage = next(
                (one.notice for one in self.all() if one.notice.notice_id == outage.refers_to), outage
            )
        begins = outage.outage.begins if outage.outage else outage.issued_at
        store = self._desk.store
        unsent = (DocumentState.READY, DocumentState.SENDING)
        return Impact(
            card=card,
            waiting=tuple(store.notices.waiting()),
            unsent=tuple(draft.elements.title for state in unsent for draft in store.drafts.list(state)),
            on_paper=tuple(store.notices.on_paper(begins)),
        )


def load_notice(path: Path) -> SignedNotice:
    """A notice file, not judged yet. Raises KnownError("notice.unreadable")."""
    try:
        with path.open("rb") as file:
            signed = read_notice(file.read(LARGEST_FILE + 1))
    except OSError as error:
        raise KnownError("notice.unreadable", name=path.name) from error
    if signed is None:
        raise KnownError("notice.unreadable", name=path.name)
    return signed


def problem_sentence(signed: SignedNotice, problem: NoticeProblem | None) -> Sentence | None:
    """Why a notice must not be acted upon, in words."""
    if problem is None:
        return None
    until = signed.notice.valid_until.astimezone().strftime("%Y-%m-%d %H:%M")
    return sentence(KnownError(f"notice.{problem}", until=until))
