"""The rehearsal: a real exchange on this machine, a counterpart that answers, nothing else within reach."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gongwen_client.domain.rows import IncomingState
from gongwen_client.host.places import Places
from gongwen_client.practice.cast import RECEIVER
from gongwen_client.practice.counterpart import RETURNED_WORD
from gongwen_client.services.office import Office
from gongwen_client.services.training import Training, TrainingTicket, require_local, training_office
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_docs.typeset import read_circular, typeset
from gongwen_protocol.messages import Elements, Finding, Recipient, RecipientRole
from gongwen_protocol.resources import resource_path
from gongwen_protocol.states import DeliveryState

_PATIENCE = 60.0


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)


@pytest.mark.parametrize(
    "url", ["https://exchange.example", "http://10.0.0.1:80", "https://127.0.0.1.example", ""]
)
def test_training_reaches_this_machine_only(url: str) -> None:
    with pytest.raises(RefusedError, match=r"training\.not_local"):
        require_local(url)


def test_a_ticket_to_another_machine_opens_no_office(tmp_path: Path) -> None:
    words = dict.fromkeys(TrainingTicket.model_fields, "x") | {"server_url": "https://exchange.example"}
    with pytest.raises(RefusedError, match=r"training\.not_local"):
        training_office(TrainingTicket(**words))


def test_a_ground_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    places = Places.below(tmp_path)
    places.prepare()
    training = Training(places)
    training.folder.write_text("a file where the folder should be")
    with pytest.raises(KnownError, match=r"training\.failed"):
        training.start()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_whole_rehearsal(tmp_path: Path) -> None:
    """Two documents wait, one of them altered; what is sent is received, or returned on wish."""
    places = Places.below(tmp_path)
    places.prepare()
    training = Training(places)
    ticket = training.start()
    office = training_office(ticket)
    try:
        office.start()
        office.login.log_in(ticket.unit_code, ticket.account, ticket.password)
        assert office.settings.token_modules == ()
        assert list(office.printing.printers()) == ["pdf"]
        assert str(office.places.data).startswith(str(tmp_path))
        _until(lambda: len(office.incoming.list((IncomingState.TO_VERIFY,))) == 2)
        rows = office.incoming.list((IncomingState.TO_VERIFY,))
        found = [office.incoming.verify(row.delivery_id).checks for row in rows]
        assert sorted(checks.body is Finding.FAILED or checks.seal is Finding.FAILED for checks in found) == [
            False,
            True,
        ]
        taken = _send(office, ticket, "关于练习的通知")
        returned = _send(office, ticket, f"关于{RETURNED_WORD}的通知")
        _until(lambda: _state(office, taken) is DeliveryState.RECEIVED)
        _until(lambda: _state(office, returned) is DeliveryState.RETURNED)
    finally:
        office.stop()
        training.stop()
    assert training.folder.is_dir()
    training.forget()
    assert not training.folder.exists()


def _send(office: Office, ticket: TrainingTicket, title: str) -> str:
    body = Path(ticket.home) / "正文.ofd"
    body.write_bytes(typeset(read_circular(resource_path("documents", "lianxi-han.toml")))[0])
    document = office.drafts.create().document_id
    draft = office.drafts.set_body(document, body)
    elements: Elements = draft.elements.model_copy(update={"title": title})
    office.drafts.set_elements(document, elements)
    to = Recipient(unit_code=RECEIVER.code, role=RecipientRole.MAIN, copies=1)
    office.drafts.set_recipients(document, (to,))
    office.drafts.submit_for_seal(document)
    key = office.sealing.keys()[0]
    place = office.sealing.suggest(document, key.key_id)
    office.sealing.seal(document, key.key_id, ticket.pin, place)
    office.sending.send(document)
    return document


def _state(office: Office, document: str) -> DeliveryState | None:
    for row in office.tracking.sent():
        if row.document_id == document:
            return office.tracking.board(document)[0].state
    return None
