"""What an office system knows of its exchange, and holds it to: its certificate, the heads of the log and of
the directory of encryption certificates. As the client of a unit's PC does (ADR 0025, 0040, 0046, 0068).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_oa.client import OaClient, OaError, sync_folder
from gongwen_protocol.basics import Message
from gongwen_protocol.checkpoints import (
    Checkpoint,
    LogProblem,
    Restoration,
    SignedCheckpoint,
    SignedRestoration,
    SplitView,
    explains,
    is_one_log,
    judge_checkpoint,
)
from gongwen_protocol.handover import follow
from gongwen_protocol.messages import DocumentView, Unit
from gongwen_protocol.oa import OaLog
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.profiles import SignedProfile, require_profile
from gongwen_protocol.secrecy import (
    EncryptionEntry,
    EncryptionNews,
    EncryptionOrder,
    head_of,
    require_news,
)
from gongwen_protocol.signatures import is_sealed


class Followed(Message):
    """A restoration that a person agreed to, and the commitment that was lost by it: both are evidence."""

    restoration: SignedRestoration
    lost: SignedCheckpoint | None


class Known(Message):
    """``certificates``: base64 DER, the present one first, then those that handed over to it.
    ``restoration`` waits for a person's agreement."""

    certificates: tuple[str, ...]
    order: EncryptionOrder = EncryptionOrder()
    checkpoint: SignedCheckpoint | None = None
    split: SplitView | None = None
    restoration: SignedRestoration | None = None
    followed: tuple[Followed, ...] = ()


class KnownExchange:
    """Kept in one file. After a restoration of the exchange nothing goes on until a person, who has asked by
    telephone, calls ``agree``."""

    def __init__(self, client: OaClient, path: Path) -> None:
        self._client = client
        self._path = path

    def refresh(self) -> Known:
        """Ask who the exchange is and how its log stands; the first certificate that it shows is held to.

        Raises OaError; KnownError: exchange.certificate_changed, log.*, also as long as a split log stands;
        log.restored until a person has agreed to go on from a backup.
        """
        known = self._read()
        kept = None if known is None or known.checkpoint is None else known.checkpoint.checkpoint
        log = self._log(known, kept)
        known = _following(known, log)
        problem = judge_checkpoint(kept, log.checkpoint, log.consistency, _anchors(known))
        if kept is not None and problem in (LogProblem.SHRUNK, LogProblem.REWRITTEN):
            self._wait_for_agreement(known, kept)
        if problem is not None:
            raise KnownError(f"log.{problem.value}")
        known = known.model_copy(update={"checkpoint": log.checkpoint})
        if known.split is not None and log.checkpoint is not None:
            self._judge(known, known.split.model_copy(update={"ours": log.checkpoint}))
        return self._keep(known.model_copy(update={"split": None}))

    def agree(self) -> Restoration:
        """A person has asked by telephone: go on from the backup, and hold the exchange to what it had
        committed to there. What was lost, and the statement, are kept. Raises
        KnownError("log.no_restoration") where nothing waits for it."""
        known = self._read()
        if known is None or known.restoration is None:
            raise KnownError("log.no_restoration")
        signed = known.restoration
        changes = {
            "checkpoint": signed.restoration.checkpoint,
            "order": EncryptionOrder(),  # read anew: newer certificates are lost
            "restoration": None,
            "followed": (*known.followed, Followed(restoration=signed, lost=known.checkpoint)),
        }
        self._keep(known.model_copy(update=changes))
        return signed.restoration

    def require_one_log(self, document: DocumentView, units: Sequence[Unit]) -> None:
        """Raises KnownError("log.split") when the sender was shown another log, once both signed checkpoints
        are kept; RefusedError("secrecy.checkpoint_forged"); OaError."""
        known = self._read() or self.refresh()
        if document.seen is None or known.checkpoint is None:
            return
        said = document.seen.checkpoint
        if not is_sealed(said, document.seen.seal, _anchors(known), said.at):
            raise RefusedError("secrecy.checkpoint_forged")
        split = SplitView(
            ours=known.checkpoint,
            theirs=document.seen,
            document_id=document.document_id,
            sender_code=document.sender_code,
        )
        self._judge(known, split, {unit.code: unit.name for unit in units})

    def entries(self) -> tuple[EncryptionEntry, ...]:
        """The directory, once it is signed and only grew. Raises RefusedError: secrecy.directory_not_signed,
        secrecy.directory_rewritten."""
        known = self._read() or self.refresh()
        news = EncryptionNews.model_validate(self._client.encryption())
        order = require_news(news, EncryptionOrder(), _anchors(known))
        if head_of(news.entries[: known.order.version]) != known.order:
            raise RefusedError("secrecy.directory_rewritten")
        self._keep(known.model_copy(update={"order": order}))
        return news.entries

    def rules(self) -> RegionProfile:
        """The rules in force, once they are signed. Raises RefusedError("profile.not_signed")."""
        known = self._read() or self.refresh()
        return require_profile(SignedProfile.model_validate(self._client.signed_rules()), _anchors(known))

    def _log(self, known: Known | None, kept: Checkpoint | None) -> OaLog:
        try:
            return OaLog.model_validate(self._client.log(0 if kept is None else kept.size))
        except OaError as error:
            if error.code != "sync.cursor_ahead" or known is None or kept is None:
                raise
            self._wait_for_agreement(known, kept)
            raise KnownError(f"log.{LogProblem.SHRUNK.value}") from error

    def _wait_for_agreement(self, known: Known, lost: Checkpoint) -> None:
        """Raise KnownError("log.restored") where the exchange states that it was restored and ``lost`` fell
        victim to it. A restoration that was agreed to explains no further rewriting."""
        offered = [SignedRestoration.model_validate(one) for one in self._client.restorations()]
        before = {one.restoration.restoration.at for one in known.followed}
        for signed in reversed(offered):
            said = signed.restoration
            if said.at not in before and explains(signed, lost, _anchors(known)):
                self._keep(known.model_copy(update={"restoration": signed}))
                times = {"at": _minute(said.at), "backup_at": _minute(said.backup_at)}
                raise KnownError("log.restored", **times)

    def _is_lost(self, known: Known, theirs: Checkpoint) -> bool:
        """Whether what a sender saw was lost in a restoration that a person here has agreed to."""
        return any(
            theirs.at <= one.restoration.restoration.at and explains(one.restoration, theirs, _anchors(known))
            for one in known.followed
        )

    def _judge(self, known: Known, split: SplitView, names: dict[str, str] | None = None) -> None:
        ours, theirs = split.ours.checkpoint, split.theirs.checkpoint
        if is_one_log(ours, theirs, self._proof(ours, theirs)) or self._is_lost(known, theirs):
            return
        self._keep(known.model_copy(update={"split": split}))
        sender = (names or {}).get(split.sender_code, split.sender_code)
        raise KnownError("log.split", sender=sender)

    def _proof(self, one: Checkpoint, other: Checkpoint) -> tuple[str, ...]:
        old, new = sorted((one.size, other.size))
        if old in (0, new):
            return ()
        try:
            return tuple(self._client.growth(old, new)["path"])
        except OaError as error:
            if error.code != "log.no_such_states":
                raise
            return ()

    def _read(self) -> Known | None:
        return Known.model_validate_json(self._path.read_bytes()) if self._path.is_file() else None

    def _keep(self, known: Known) -> Known:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.new")
        with fresh.open("wb") as file:
            file.write(known.model_dump_json().encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        sync_folder(self._path.parent)
        return known


def _following(known: Known | None, log: OaLog) -> Known:
    """The same with the certificate that is shown now, if a chain of hand-overs leads there."""
    if known is None:
        return Known(certificates=(log.certificate,))
    chain = follow(known.certificates[0], log.certificate, log.handovers)
    if chain is None:
        raise KnownError("exchange.certificate_changed", exchange=log.exchange)
    return known.model_copy(update={"certificates": (*reversed(chain), *known.certificates)})


def _anchors(known: Known) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(one) for one in known.certificates)


def _minute(moment: datetime) -> str:
    """A moment as people here write it."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
