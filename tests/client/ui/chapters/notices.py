"""公告: an announcement, an outage with what it holds up, a file when the exchange is down, the end of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtWidgets import QLabel, QWidget

from client.ui.driving import settle, until
from client.ui.story import Story
from client.ui.town import PIN, UNITS, Town
from gongwen_client.services.office import Office
from gongwen_client.ui.login.window import LoginWindow
from gongwen_client.ui.notices.page import NoticesPage
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_protocol.actions import PaperCause, PaperRequest
from gongwen_protocol.announcements import NoticeKind, Outage, OutageService, SignedNotice
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import Recipient, RecipientRole
from gongwen_server.services import notices
from gongwen_server.services.notices import Announcement

OWN = UNITS[1][0]
TO = [UNITS[number][0] for number in (2, 3, 4, 6)]
GREETING = Announcement(
    NoticeKind.ANNOUNCEMENT,
    "关于开展二季度印章证书换发工作的公告",
    "各单位印章证书将在六月底前陆续到期，请按通知时间携带秘钥盘到市电子印章中心换发。\n\n换发期间签名印章仍可使用。",
    "平台管理员",
)


def tell(story: Story) -> None:
    """In a town of its own."""
    town = Town.found(story.town.home / "notices")
    try:
        _tell(Story(town, story._look, story._size))
    finally:
        background.stop()
        town.stop()


def outage_of(town: Town) -> Announcement:
    """Announced now, for the next four hours."""
    now = town.exchange.exchange.clock.now()
    return Announcement(
        NoticeKind.OUTAGE,
        "交换中心机房检修停机通知",
        "因机房供电线路检修，交换中心需要停机。停机前已发送的公文不会丢失，恢复后自动送达。",
        "平台管理员",
        outage=Outage(
            begins=now,
            expected_end=now + timedelta(hours=4),
            services=(OutageService.ALL,),
            measures="紧急公文请通过机要渠道或派人送达，并在恢复后补录；一般公文恢复后再发送。",
            contact="平台值班室 0477-8588000",
        ),
    )


def send(office: Office, body: Path, title: str, urgency: str = "") -> str:
    """A sealed document to four units."""
    document = office.drafts.create().document_id
    draft = office.drafts.set_body(document, body)
    changed = draft.elements.model_copy(update={"title": title, "urgency": urgency})
    office.drafts.set_elements(document, changed)
    recipients = tuple(Recipient(unit_code=code, role=RecipientRole.MAIN, copies=1) for code in TO)
    office.drafts.set_recipients(document, recipients)
    office.drafts.submit_for_seal(document)
    key = office.sealing.keys()[0].key_id
    office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    office.sending.send(document)
    until(lambda: any(row.document_id == document for row in office.tracking.sent()))
    return document


def opened(window: MainWindow) -> NoticesPage:
    """The page of announcements."""
    window.open_page("notices")
    page = window.pages["notices"]
    assert isinstance(page, NoticesPage)
    return page


def write(folder: Path, name: str, signed: SignedNotice) -> Path:
    """A notice as a file on a USB stick."""
    path = folder / f"{name}.gwnotice"
    path.write_bytes(canonical_bytes(signed))
    return path


def _tell(story: Story) -> None:
    town = story.town
    office = town.logged_in(OWN)
    window = story.window(office)
    until(lambda: window.banner.key.word == "秘钥盘就绪")
    page = opened(window)
    settle()
    story.picture(window, "notices-empty")
    window.open_page("pending")
    notices.publish(town.exchange.exchange, GREETING)
    until(lambda: window.notices.strip.isVisible())
    story.picture(window, "notices-strip")
    urgent = send(office, town.body, "示范市发展和改革委员会关于做好强降雨防范工作的紧急通知", "特急")
    send(office, town.body, "示范市发展和改革委员会关于报送项目进展情况的函")
    announcement = outage_of(town)
    outage = notices.publish(town.exchange.exchange, announcement)
    until(lambda: "停机通知" in window.notices.strip.text)
    window.notices.strip.open_button.click()
    until(lambda: page.board.detail.findChild(QWidget, "open_affected") is not None)
    story.picture(window, "notices-outage")
    office.followup.go_on_paper(
        urgent,
        PaperRequest(cause=PaperCause.OUTAGE, carried_by="机要通信员", unit_codes=(TO[0], TO[1])),
    )
    until(lambda: bool(office.notices.impact(outage.notice.notice_id).on_paper))
    notices.withdraw(
        town.exchange.exchange, outage.notice.notice_id, "检修提前完成，系统已恢复运行。", "平台管理员"
    )
    until(lambda: "恢复通知" in window.notices.strip.text)
    window.notices.strip.open_button.click()
    until(lambda: "恢复" in page.board.detail.findChild(QLabel, "notice_title").text())
    settle()
    story.picture(window, "notices-recovery")
    signer, delegation = notices.delegate(town.exchange.exchange, "平台管理员", 365)
    away = notices.sign_away(announcement, signer, delegation, town.exchange.exchange.clock.now())
    town.exchange.stop()
    changed = away.notice.model_copy(update={"text": "请把公文发送到另一地址。"})
    page.board.open_file(write(town.home, "forged", away.model_copy(update={"notice": changed})))
    until(lambda: "签名不正确" in page.board.notice.text)
    settle()
    story.picture(window, "notices-forged")
    page.board.open_file(write(town.home, "good", away))
    until(lambda: "已由本机核实" in page.board.notice.text)
    until(lambda: "停机" in page.board.detail.findChild(QLabel, "notice_title").text())
    settle()
    story.picture(window, "notices-file")
    window.close()
    login = LoginWindow(office, OWN, "clerk")
    login.show()
    until(lambda: login.notices.strip.isVisible())
    story.picture(login, "notices-login")
    login.notices.open()
    assert login.notices.dialog is not None
    settle()
    story.picture(login.notices.dialog, "notices-before-login")
    login.notices.dialog.reject()
    login.close()
    town.exchange.start()
