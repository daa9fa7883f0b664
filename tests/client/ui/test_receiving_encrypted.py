"""A delivered body that is encrypted itself (GM/T 0099): asked for, opened, accepted, and locked again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from client.ui.audit import clipped, nameless
from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from client.ui.windows import shown_window
from docs.encryption.ciphers import PASSWORD, encrypted
from fakes.documents import letter, new_key, upload
from gongwen_client.domain.rows import IncomingState
from gongwen_client.services.office import Office
from gongwen_client.ui.receive.accept import AcceptPanel
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.viewer.unlock import UnlockDialog
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import Finding, Recipient, RecipientRole

SENDER, RECEIVER, CARRIER = (UNITS[n][0] for n in (4, 6, 7))


@pytest.fixture(scope="module")
def office(town: Town) -> Office:
    return town.logged_in(RECEIVER, key=False)


@pytest.fixture(scope="module")
def delivered(town: Town, office: Office) -> str:
    """A sealed circular, encrypted with a password and sent like any other body."""
    author = town.logged_in(SENDER)
    document = author.drafts.create().document_id
    author.drafts.set_body(document, town.body)
    author.drafts.set_recipients(
        document, (Recipient(unit_code=RECEIVER, role=RecipientRole.MAIN, copies=1),)
    )
    author.drafts.submit_for_seal(document)
    key = author.sealing.keys()[0].key_id
    sealed = author.sealing.seal(document, key, PIN, author.sealing.suggest(document, key))
    assert sealed.body is not None
    carrier = town.exchange.log_in(CARRIER)
    body = upload(carrier, encrypted(sealed.body.path.read_bytes()))
    request = letter(body, (RECEIVER, 1), seals=tuple(mark.fact for mark in sealed.seals))
    assert carrier.post("/v1/documents", request, key=new_key()).ok
    carrier.close()
    until(lambda: any(row.document_id == request.document_id for row in office.incoming.list()))
    return request.document_id


@pytest.fixture
def window(office: Office, qtbot: QtBot) -> Iterator[MainWindow]:
    with shown_window(office) as opened:
        yield opened


def asked(view: IncomingView) -> UnlockDialog:
    until(lambda: view.unlocker.dialog is not None)
    assert view.unlocker.dialog is not None
    return view.unlocker.dialog


def opened(window: MainWindow, document: str) -> IncomingView:
    window.documents.open_received(document)
    until(lambda: isinstance(window.view, IncomingView) and window.view.row.document_id == document)
    view = window.view
    assert isinstance(view, IncomingView)
    return view


def test_an_encrypted_body_is_asked_for_and_answered_for(
    window: MainWindow, office: Office, delivered: str
) -> None:
    view = opened(window, delivered)
    dialog = asked(view)
    settle()
    assert not nameless(dialog)
    assert not clipped(dialog)
    until(lambda: view.verification is not None)
    assert view.verification is not None
    checks = view.verification.checks
    assert {checks.body, checks.seal, checks.layout} == {Finding.UNKNOWN}, "unread is not faulty"
    dialog.reject()
    until(lambda: view.unlocker.dialog is None)
    word, said = view.reader.verdict.words
    assert word == "已加密"
    assert "加密" in said
    assert view.reader.pages.page_count == 0
    # Nobody answers for what could not be read; it can be asked for again, and sent back.
    assert view.return_button.isEnabled()
    view.accept_button.click()
    assert not isinstance(view.dialog, AcceptPanel)
    dialog = asked(view)
    dialog.enter("错误的口令")
    until(lambda: dialog.problem.isVisibleTo(dialog))
    dialog.enter(PASSWORD)
    until(lambda: view.reader.pages.is_drawn)
    until(lambda: view.unlocker.dialog is None)
    until(lambda: view.reader.verdict.verdict == "valid")
    assert view.title.text() == view.row.elements.title
    view.open_accept()
    assert isinstance(view.dialog, AcceptPanel)
    view.dialog.accept_wanted.emit()
    until(lambda: office.incoming.get(view.row.delivery_id).state is IncomingState.RECEIVED)
    path = office.incoming.files(view.row.delivery_id).body.path
    assert office.render.open(path).title is not None
    window.documents.close()
    until(lambda: is_locked(office, delivered))
    again = opened(window, delivered)
    asked(again).reject()


def is_locked(office: Office, document: str) -> bool:
    row = office.incoming.of_document(document)
    try:
        office.render.open(office.incoming.files(row.delivery_id).body.path)
    except KnownError as error:
        return error.code == "ofd.document.encrypted"
    return False
