"""The other unit of the training exchange: it sends, and it receives what the trainee sends.

It works as a clerk would, with an office of its own, so everything the trainee sees is real.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.rows import Connection, IncomingRow, IncomingState
from gongwen_client.practice import forger
from gongwen_client.practice.cast import ACCOUNT, RECEIVER, SENDER
from gongwen_client.services.office import Office
from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_docs.typeset import read_circular, typeset
from gongwen_protocol.messages import Finding, Recipient, RecipientRole, ReturnReason
from gongwen_protocol.resources import resource_path
from gongwen_protocol.states import DocumentState

RETURNED_WORD = "退文练习"
"""A document whose title has this word is returned instead of received."""
_WAITING = (IncomingState.TO_VERIFY, IncomingState.VERIFIED)
_ROUND_SECONDS = 2.0
_PATIENCE_ROUNDS = 240
_log = logging.getLogger(__name__)


class Counterpart:
    """``office`` is the other unit's, already started and logged in."""

    def __init__(self, office: Office, server_url: str, folder: Path) -> None:
        self._office = office
        self._server_url = server_url
        self._folder = folder
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="counterpart", daemon=True)

    def start(self) -> None:
        """Begin to answer what arrives."""
        self._thread.start()

    def stop(self) -> None:
        """End within the round under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(3)

    def send_samples(self) -> None:
        """Slow. One sound document, and a copy of it with two characters exchanged. Raises what sending
        raises."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._wait(lambda: self._office.duty.state().connection is Connection.ONLINE, "联络交换中心")
        letter = read_circular(resource_path("documents", "lianxi-han.toml"))
        body = self._folder / "正文.ofd"
        body.write_bytes(typeset(letter)[0])
        sent = self._send(body)
        forged = self._folder / "改动的副本.ofd"
        forger.alter(self._office.tracking.sent_files(sent.document_id).body.path, forged)
        seals = [mark.fact for mark in sent.seals]
        forger.hand_in(self._server_url, RECEIVER, SENDER, forged, sent.elements, seals)

    def _send(self, body: Path) -> Draft:
        office = self._office
        document = office.drafts.create().document_id
        office.drafts.set_body(document, body)
        recipient = Recipient(unit_code=SENDER.code, role=RecipientRole.MAIN, copies=2)
        office.drafts.set_recipients(document, (recipient,))
        office.drafts.submit_for_seal(document)
        key = office.sealing.keys()[0]
        place = office.sealing.suggest(document, key.key_id)
        sealed = office.sealing.seal(document, key.key_id, RECEIVER.pin, place)
        office.sending.send(document)
        self._wait(lambda: office.drafts.get(document).state is DocumentState.SENT, "发送示例公文")
        return sealed

    def _wait(self, happened: Callable[[], bool], what: str) -> None:
        for _ in range(_PATIENCE_ROUNDS):
            if happened():
                return
            self._stopping.wait(_ROUND_SECONDS / 4)
        raise KnownError("demo.stuck", what=what)

    def _run(self) -> None:
        while not self._stopping.wait(_ROUND_SECONDS):
            try:
                for row in self._office.incoming.list(_WAITING):
                    self._answer(row)
            except GongwenError as error:
                _log.warning("the counterpart waits: %s", error)

    def _answer(self, row: IncomingRow) -> None:
        if row.pending:
            return
        office = self._office
        checks = office.incoming.verify(row.delivery_id).checks
        wrong = Finding.FAILED in (checks.body, checks.attachments, checks.seal, checks.layout)
        if RETURNED_WORD in row.elements.title:
            reason = ReturnReason.OTHER
            office.incoming.return_document(row.delivery_id, reason, "这是退文练习，请改正后重发。", checks)
        elif wrong:
            office.incoming.return_document(row.delivery_id, ReturnReason.SEAL_FAULT, "核验未通过。", checks)
        else:
            office.incoming.accept(row.delivery_id, checks)


def log_in(office: Office) -> None:
    """The counterpart's clerk, with the password that replaced the initial one."""
    office.login.log_in(RECEIVER.code, ACCOUNT, RECEIVER.password)
