"""Announcements and notices of outages: signed, kept, told to every unit with its next news.

A key that is kept away from the server may announce, too, while the exchange is down (``delegate``); what it
signed is entered afterwards (``enter``), so that those who never saw the file read it as well.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.signer import Signer
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.announcements import (
    CLOCK_TOLERANCE,
    Delegation,
    DelegationStatement,
    Notice,
    NoticeKind,
    NoticeList,
    NoticeProblem,
    Outage,
    SignedNotice,
    judge_notice,
    sign_notice,
)
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.signatures import seal_of
from gongwen_server.db.tables import NoticeRow, UnitRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import ChangeKind, Ledger
from gongwen_server.services.rules import SYSTEM

HOLDS_FOR = timedelta(days=30)
_CERTIFICATE_OUTLIVES = timedelta(days=3650)
TOLD_FOR = timedelta(days=400)
"""So long a client that was away still learns of notices that are over."""


@dataclass(frozen=True)
class Announcement:
    """What somebody wants to announce. ``valid_until`` defaults to 30 days, for an outage to a week after its
    expected end. ``refers_to``: what it takes the place of, or is about."""

    kind: NoticeKind
    title: str
    text: str
    issued_by: str
    valid_until: datetime | None = None
    refers_to: str | None = None
    outage: Outage | None = None

    def notice(self, exchange: str, now: datetime) -> Notice:
        """As it is signed. Raises KnownError("notice.not_whole")."""
        until = self.valid_until or now + HOLDS_FOR
        if self.valid_until is None and self.outage is not None and self.outage.expected_end is not None:
            until = max(now, self.outage.expected_end) + timedelta(days=7)
        try:
            return Notice(
                notice_id=uuid.uuid4().hex,
                exchange=exchange,
                kind=self.kind,
                title=self.title,
                text=self.text,
                issued_at=now,
                issued_by=self.issued_by,
                valid_until=until,
                refers_to=self.refers_to,
                outage=self.outage,
            )
        except ValueError as error:
            raise KnownError("notice.not_whole") from error


def publish(exchange: Exchange, announcement: Announcement, actor: str = SYSTEM) -> SignedNotice:
    """Sign and tell everybody. Raises KnownError("notice.not_whole"), RefusedError("notice.unknown") when it
    is about a notice that is not on record."""
    notice = announcement.notice(exchange.name, exchange.clock.now())
    signed = sign_notice(notice, exchange.signer)
    _tell(exchange, signed, actor, "notice.publish")
    return signed


def withdraw(exchange: Exchange, notice_id: str, reason: str, issued_by: str) -> SignedNotice:
    """撤回 a notice, or 恢复 after an outage: a notice itself. Raises RefusedError: notice.unknown,
    notice.already_withdrawn."""
    with exchange.reading() as session:
        old = _read(_row(session, notice_id)).notice
        ended = session.scalar(select(NoticeRow.notice_id).where(NoticeRow.refers_to == notice_id).limit(1))
    if ended is not None:
        raise RefusedError("notice.already_withdrawn", title=old.title)
    kind = NoticeKind.RECOVERY if old.kind is NoticeKind.OUTAGE else NoticeKind.WITHDRAWAL
    word = "恢复运行" if kind is NoticeKind.RECOVERY else "撤回"
    return publish(
        exchange,
        Announcement(kind, f"{word}：{old.title}"[:200], reason, issued_by, refers_to=notice_id),
    )


def listed(exchange: Exchange) -> NoticeList:
    """Notices of the last 400 days, oldest first."""
    now = exchange.clock.now()
    with exchange.reading() as session:
        rows = session.scalars(
            select(NoticeRow).where(NoticeRow.issued_at >= now - TOLD_FOR).order_by(NoticeRow.issued_at)
        )
        return NoticeList(server_time=now, notices=tuple(_read(row) for row in rows))


def find(session: Session, notice_ids: Collection[str]) -> tuple[SignedNotice, ...]:
    """These notices, oldest first."""
    if not notice_ids:
        return ()
    rows = session.scalars(
        select(NoticeRow).where(NoticeRow.notice_id.in_(notice_ids)).order_by(NoticeRow.issued_at)
    )
    return tuple(_read(row) for row in rows)


def enter(exchange: Exchange, signed: SignedNotice) -> None:
    """Tell everybody what a delegated key announced while the exchange was down. Raises RefusedError
    ``notice.…`` for what clients would not believe."""
    problem = judge_notice(signed, [exchange.signer.certificate_der], exchange.clock.now())
    if problem not in (None, NoticeProblem.EXPIRED):
        raise RefusedError(f"notice.{problem}")
    _tell(exchange, signed, signed.notice.issued_by, "notice.enter")


def delegate(exchange: Exchange, holder: str, days: int) -> tuple[SoftwareSigner, Delegation]:
    """A fresh key that may announce in the exchange's name for ``days``, kept by ``holder`` (a post)."""
    now = exchange.clock.now()
    begin, end = now - CLOCK_TOLERANCE, now + timedelta(days=days)
    subject = Subject(common_name=f"{holder}公告签名", organization=exchange.name)
    signer = SoftwareSigner.generate()
    # The issuer is thrown away and the certificate outlives the permission: what counts is the delegation.
    issuer = make_root(subject, begin, end + _CERTIFICATE_OUTLIVES)
    signer = signer.with_certificate(
        issue(issuer, subject, signer.public_key, Usage.SIGNING, begin, end + _CERTIFICATE_OUTLIVES)
    )
    statement = DelegationStatement(
        exchange=exchange.name,
        certificate_digest=sm3.digest(signer.certificate_der).hex(),
        holder=holder,
        at=now,
        until=end,
    )
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        ledger.note(
            SYSTEM,
            "notice.delegate",
            holder,
            certificate=statement.certificate_digest,
            until=end.isoformat(),
        )
        ledger.close()
    return signer, Delegation(statement=statement, seal=seal_of(statement, exchange.signer))


def sign_away(
    announcement: Announcement, signer: Signer, delegation: Delegation, now: datetime
) -> SignedNotice:
    """Announce with a delegated key, without the exchange. Raises KnownError("notice.not_whole")."""
    return sign_notice(announcement.notice(delegation.statement.exchange, now), signer, delegation)


def _tell(exchange: Exchange, signed: SignedNotice, actor: str, act: str) -> None:
    notice = signed.notice
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        if session.get(NoticeRow, notice.notice_id) is not None:
            raise RefusedError("notice.entered_already", title=notice.title)
        if notice.refers_to is not None:
            _row(session, notice.refers_to)
        session.add(
            NoticeRow(
                notice_id=notice.notice_id,
                issued_at=notice.issued_at,
                valid_until=notice.valid_until,
                refers_to=notice.refers_to,
                signed=canonical_bytes(signed),
            )
        )
        for code in _everybody(session):
            ledger.changed(code, ChangeKind.NOTICE, notice.notice_id)
        digest = sm3.digest(canonical_bytes(notice)).hex()
        ledger.note(actor, act, notice.notice_id, kind=notice.kind.value, digest=digest)
        ledger.close()


def _everybody(session: Session) -> Sequence[str]:
    return session.scalars(select(UnitRow.code)).all()


def _row(session: Session, notice_id: str) -> NoticeRow:
    row = session.get(NoticeRow, notice_id)
    if row is None:
        raise RefusedError("notice.unknown", notice=notice_id)
    return row


def _read(row: NoticeRow) -> SignedNotice:
    return SignedNotice.model_validate_json(row.signed)
