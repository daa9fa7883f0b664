"""用秘钥盘解密: a received document for a key on a token, from the locked row to the drawn page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from client.ui.audit import clipped, nameless
from client.ui.driving import settle, until
from fakes.exchange import RunningExchange
from fakes.secrecy import KeyCabinet
from fakes.units import UnitPc, populate
from gongwen_client.domain.rows import IncomingRow, IncomingState
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_client.token.keyfile import create_key_file
from gongwen_client.token.keys import KeyRole
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.receive.unseal import UnsealDialog
from gongwen_client.ui.tasks import background

PIN = "246810"
Plug = Callable[[], None]


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[tuple[UnitPc, IncomingRow, Plug]]:
    """The receiver's PC with a document that it cannot open, and an act that plugs in the key that can."""
    with ExitStack() as running:
        exchange = RunningExchange(tmp_path / "exchange")
        running.callback(exchange.stop)
        populate(exchange)
        cabinet = KeyCabinet(exchange)
        for unit in (SENDER, RECEIVER):
            cabinet.equip(unit.code, unit.name)
        sender = UnitPc(tmp_path / "a", SENDER, exchange.url, encryption=cabinet.holders[SENDER.code])
        receiver = UnitPc(tmp_path / "b", RECEIVER, exchange.url)
        for pc in (sender, receiver):
            running.callback(pc.stop)
            pc.log_in()
            pc.wait_until(lambda pc=pc: bool(pc.office._store.encryption.entries()))
        running.callback(background.stop)
        sender.send(sender.seal(sender.compose(to=RECEIVER)))
        receiver.wait_until(lambda: bool(receiver.office.incoming.list((IncomingState.LOCKED,))))

        def plug() -> None:
            holder = cabinet.holders[RECEIVER.code]
            create_key_file(
                receiver.places.keyfiles / "crypt.gwkey",
                holder.pair.private,
                holder.certificate_der,
                None,
                PIN,
                label="加密",
                serial="GW-E",
                role=KeyRole.ENCRYPTION,
            )

        yield receiver, receiver.office.incoming.list((IncomingState.LOCKED,))[0], plug
        settle()


def asked(view: IncomingView) -> UnsealDialog:
    view.open_unseal()
    dialog = view.dialog
    assert isinstance(dialog, UnsealDialog)
    until(lambda: dialog.progress.isHidden())
    settle()
    assert not nameless(dialog)
    assert not clipped(dialog)
    return dialog


def test_a_pin_opens_the_document(locked: tuple[UnitPc, IncomingRow, Plug]) -> None:
    receiver, row, plug = locked
    view = IncomingView(receiver.office, row)
    view.resize(1100, 700)
    view.show()
    until(lambda: view.unseal_button.isVisible())
    assert not view.accept_button.isVisible()
    without = asked(view)
    assert "没有插入" in without.problem.text
    assert not without.open_button.isEnabled()
    without.reject()
    until(lambda: view.dialog is None)

    plug()
    dialog = asked(view)
    choice = dialog.choice
    assert choice is not None
    assert choice.entry is not None
    choice.entry.fields[0].setText("000000")
    dialog.open_button.click()
    until(lambda: "口令不正确" in dialog.problem.text)
    choice.entry.fields[0].setText(PIN)
    dialog.open_button.click()
    until(lambda: view.reader.pages.is_drawn and view.verification is not None)
    until(lambda: view.accept_button.isVisible() and not view.unseal_button.isVisible())
    view.close()
