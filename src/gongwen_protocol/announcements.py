"""Announcements (公告) and notices of outages (停机通知): signed, so that a file of one is as good as the
exchange (Ordos art. 13, Jiangmen art. 38 and 39).

When the exchange is down its notices cannot come from it. They come as a file, by e-mail or on a USB stick,
and every client checks it alone: signed by the certificate that it holds to, or by a key to which that
certificate has given the right to announce (``Delegation``: the administrator's, kept away from the
server).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from gongwen_crypto import sm3
from gongwen_crypto.signer import Signer
from gongwen_protocol.basics import Digest, Id, Message, Moment, ShortText
from gongwen_protocol.signatures import Seal, certificate_of, is_sealed, seal_of

CLOCK_TOLERANCE = timedelta(minutes=10)
LARGEST_FILE = 64 * 1024
SUFFIX = ".gwnotice"
NoticeText = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\x00]*$")]


class NoticeKind(StrEnum):
    """公告, 停机通知, 恢复通知 (an outage is over), 撤回 (an earlier notice no longer holds)."""

    ANNOUNCEMENT = "announcement"
    OUTAGE = "outage"
    RECOVERY = "recovery"
    WITHDRAWAL = "withdrawal"


class OutageService(StrEnum):
    """What does not work meanwhile."""

    ALL = "all"
    LOGIN = "login"
    SEND = "send"
    RECEIVE = "receive"
    PRINT = "print"


class Outage(Message):
    """From when to when (as far as it is known), what does not work, what to do instead, whom to ring."""

    begins: Moment
    expected_end: Moment | None = None
    services: Annotated[tuple[OutageService, ...], Field(min_length=1, max_length=5)]
    measures: NoticeText
    contact: ShortText


class Notice(Message):
    """What is announced. ``refers_to``: the notice that a recovery or a withdrawal is about, or that this one
    takes the place of. After ``valid_until`` it is history."""

    purpose: Literal["gongwen-notice-1"] = "gongwen-notice-1"
    notice_id: Id
    exchange: ShortText
    kind: NoticeKind
    title: ShortText
    text: NoticeText
    issued_at: Moment
    issued_by: ShortText = Field(description="the post that announces it")
    valid_until: Moment
    refers_to: Id | None = None
    outage: Outage | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.kind is NoticeKind.OUTAGE) != (self.outage is not None):
            raise ValueError("an outage has its facts, nothing else has them")
        if self.kind in (NoticeKind.RECOVERY, NoticeKind.WITHDRAWAL) and self.refers_to is None:
            raise ValueError("a recovery or withdrawal says of what")
        if self.valid_until <= self.issued_at:
            raise ValueError("a notice holds for some time")
        return self


class DelegationStatement(Message):
    """The exchange lets another key announce in its name for a time."""

    purpose: Literal["gongwen-notice-key-1"] = "gongwen-notice-key-1"
    exchange: ShortText
    certificate_digest: Digest
    holder: ShortText = Field(description="the post that keeps the key")
    at: Moment
    until: Moment


class Delegation(Message):
    """The permission, as it goes along with each notice of that key."""

    statement: DelegationStatement
    seal: Seal


class SignedNotice(Message):
    """A notice as it goes over the wire and into files."""

    notice: Notice
    seal: Seal
    delegation: Delegation | None = None


class NoticeList(Message):
    """GET /v1/notices (no session needed): what still holds and what was said about it, oldest first."""

    server_time: Moment
    notices: tuple[SignedNotice, ...]


class NoticeProblem(StrEnum):
    """Why a notice is not believed; each has its sentence ``notice.…``."""

    UNREADABLE = "unreadable"
    FORGED = "forged"
    FOREIGN = "foreign"
    NOT_ENTITLED = "not_entitled"
    FROM_FUTURE = "from_future"
    EXPIRED = "expired"


def sign_notice(notice: Notice, signer: Signer, delegation: Delegation | None = None) -> SignedNotice:
    """Sign; the key's permission goes along where it is not the exchange's own."""
    return SignedNotice(notice=notice, seal=seal_of(notice, signer), delegation=delegation)


def read_notice(data: bytes) -> SignedNotice | None:
    """A file's bytes as a notice; None for anything else."""
    if len(data) > LARGEST_FILE:
        return None
    try:
        return SignedNotice.model_validate_json(data)
    except ValidationError:
        return None


def judge_notice(signed: SignedNotice, trusted: Iterable[bytes], now: datetime) -> NoticeProblem | None:
    """What is wrong with a notice, None if nothing. ``trusted``: the certificates (DER) of the exchange
    that the client holds to. Whether it was withdrawn meanwhile, only those know who have the others."""
    notice, anchors = signed.notice, tuple(trusted)
    certificate = certificate_of(signed.seal)
    if certificate is None or not is_sealed(notice, signed.seal, (certificate.der,), notice.issued_at):
        return NoticeProblem.FORGED
    if not is_sealed(notice, signed.seal, anchors, notice.issued_at):
        if signed.delegation is None:
            return NoticeProblem.FOREIGN
        problem = _judge_delegation(signed.delegation, certificate.der, notice, anchors)
        if problem is not None:
            return problem
    if notice.issued_at > now + CLOCK_TOLERANCE:
        return NoticeProblem.FROM_FUTURE
    return NoticeProblem.EXPIRED if notice.valid_until < now else None


def _judge_delegation(
    delegation: Delegation, certificate: bytes, notice: Notice, trusted: tuple[bytes, ...]
) -> NoticeProblem | None:
    said = delegation.statement
    if not is_sealed(said, delegation.seal, trusted, said.at):
        return NoticeProblem.FOREIGN
    entitled = (
        said.certificate_digest == sm3.digest(certificate).hex()
        and said.exchange == notice.exchange
        and said.at <= notice.issued_at <= said.until
    )
    return None if entitled else NoticeProblem.NOT_ENTITLED
