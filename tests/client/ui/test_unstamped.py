"""A seal without the time stamp that the rules want: the window in which the sealing ends says so."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from client.ui.town import PIN, Town
from gongwen_client.services.time_stamping import Stamped
from gongwen_client.ui.sending.outgoing_view import OutgoingView


def test_a_missing_time_stamp_is_told_where_the_sealing_ends(town: Town, qtbot: QtBot) -> None:
    """As where the rules want time stamps and the exchange gives none."""
    office = town.logged_in("150600003")
    office.sealing._ask_time = lambda _signature: Stamped(problem="exchange.no_time_stamps")
    document = office.drafts.create().document_id
    office.drafts.set_body(document, town.body)
    draft = office.drafts.submit_for_seal(document)
    view = OutgoingView(office, draft)
    qtbot.addWidget(view)
    view.show()
    until(lambda: view.reader.pages.is_drawn)
    assert not view.notice.isVisible()
    key = office.sealing.keys()[0].key_id
    sealed = office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    assert sealed.seals[0].unstamped == "exchange.no_time_stamps"
    view.refresh()
    until(view.notice.isVisible)
    assert "没有取得规则要求的时间戳：交换中心没有启用时间戳。" in view.notice.text
    until(lambda: view.reader.pages.is_drawn)
    settle()
