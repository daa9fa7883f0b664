"""Announcements in the window: told at once, read offline, forged ones refused, outages with their impact."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from client.ui.chapters.notices import GREETING, OWN, TO, opened, outage_of, send, write
from client.ui.driving import settle, until
from client.ui.town import Town
from gongwen_client.ui.login.window import LoginWindow
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.announcements import sign_notice
from gongwen_server.services import notices
from gongwen_server.services.administration import fresh_signer


def test_an_announcement_is_told_and_goes_once_read(own_town: Town) -> None:
    office = own_town.logged_in(OWN, key=False)
    window = MainWindow(office)
    window.show()
    assert not window.notices.strip.isVisible()
    signed = notices.publish(own_town.exchange.exchange, GREETING)
    until(lambda: window.notices.strip.isVisible())
    assert signed.notice.title in window.notices.strip.text
    window.notices.strip.open_button.click()
    until(lambda: not window.notices.strip.isVisible())
    assert window.page == "notices"
    assert [card.read for card in office.notices.all()] == [True]
    window.close()


def test_an_outage_names_who_waits_and_leads_to_the_document(own_town: Town) -> None:
    office = own_town.logged_in(OWN)
    window = MainWindow(office)
    window.show()
    until(lambda: window.banner.key.word == "秘钥盘就绪")
    document = send(office, own_town.body, "关于防汛工作的紧急通知", "特急")
    outage = notices.publish(own_town.exchange.exchange, outage_of(own_town))
    until(lambda: "停机通知" in window.notices.strip.text)
    impact = office.notices.impact(outage.notice.notice_id)
    assert [one.unit_code for one in impact.waiting] == TO
    page = opened(window)
    until(lambda: page.board.detail.findChild(QPushButton, "open_affected") is not None)
    page.board.detail.findChild(QPushButton, "open_affected").click()
    until(lambda: isinstance(window.view, SentView))
    assert isinstance(window.view, SentView)
    assert window.view.row.document_id == document
    window.close()


def test_files_are_judged_without_the_exchange(own_town: Town, tmp_path: Path) -> None:
    office = own_town.logged_in(OWN, key=False)
    center = own_town.exchange.exchange
    good = notices.publish(center, outage_of(own_town))
    signer, delegation = notices.delegate(center, "平台管理员", 30)
    away = notices.sign_away(outage_of(own_town), signer, delegation, center.clock.now())
    over = notices.withdraw(center, good.notice.notice_id, "已恢复", "平台管理员")
    until(lambda: len(office.notices.all()) == 2)
    own_town.exchange.stop()
    window = MainWindow(office)
    window.show()
    board = opened(window).board
    foreign = sign_notice(good.notice, fresh_signer("别的交换中心", None))
    changed = away.notice.model_copy(update={"text": "请把公文发到另一地址。"})
    old = away.notice.model_copy(
        update={
            "issued_at": center.clock.now() - timedelta(minutes=5),
            "valid_until": center.clock.now() - timedelta(minutes=1),
        }
    )
    (tmp_path / "word.gwnotice").write_bytes(b"PK\x03\x04")
    for name, signed, said in (
        ("foreign", foreign, "notice.foreign"),
        ("forged", away.model_copy(update={"notice": changed}), "notice.forged"),
        ("old", sign_notice(old, center.signer), "notice.expired"),
        ("replayed", good, "notice.withdrawn"),
        ("good", away, "已由本机核实"),
    ):
        path = write(tmp_path, name, signed)
        board.open_file(path)
        until(lambda said=said: said in board.notice.text)
    board.open_file(tmp_path / "word.gwnotice")
    until(lambda: "notice.unreadable" in board.notice.text)
    kept = {card.notice.notice_id: card for card in office.notices.all()}
    assert kept[away.notice.notice_id].is_outage_now
    assert kept[away.notice.notice_id].by_file
    assert kept[good.notice.notice_id].ended_by == over.notice
    window.close()
    own_town.exchange.start()


def test_a_second_content_under_one_number_is_refused(own_town: Town, tmp_path: Path) -> None:
    office = own_town.logged_in(OWN, key=False)
    center = own_town.exchange.exchange
    good = notices.publish(center, GREETING)
    until(lambda: len(office.notices.all()) == 1)
    twin = sign_notice(good.notice.model_copy(update={"text": "另一个内容。"}), center.signer)
    found = office.notices.check_file(write(tmp_path, "twin", twin))
    assert found.problem is not None
    assert found.problem.code == "notice.contradicts"
    assert not found.kept


def test_before_log_in_also_on_a_fresh_pc(own_town: Town) -> None:
    signed = notices.publish(own_town.exchange.exchange, outage_of(own_town))
    office = own_town.office(OWN, key=False)
    login = LoginWindow(office, OWN, "clerk")
    login.show()
    until(lambda: login.notices.strip.isVisible())
    login.notices.strip.open_button.click()
    assert login.notices.dialog is not None
    settle()
    assert login.notices.dialog.board.table.chosen().notice == signed.notice
    login.notices.dialog.reject()
    login.close()


def test_without_an_exchange_the_log_in_says_nothing_of_notices(own_town: Town) -> None:
    own_town.exchange.stop()
    office = own_town.office(OWN, key=False)
    login = LoginWindow(office, OWN, "clerk")
    login.show()
    settle()
    assert not login.notices.strip.isVisible()
    login.notices.link.click()
    assert login.notices.dialog is not None
    login.notices.dialog.reject()
    login.close()
    own_town.exchange.start()
