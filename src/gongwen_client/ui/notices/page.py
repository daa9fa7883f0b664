"""公告: the list, the notice that was chosen, and files that came when the exchange was down."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from gongwen_client.domain.notices import Impact, NoticeCard, NoticeState
from gongwen_client.domain.rows import SentRow
from gongwen_client.services.notices import NoticeCheck
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.notices.detail import NoticeDetail
from gongwen_client.ui.notices.wording import KINDS, state_of
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, holder, label, row, tool
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.page import Page
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_protocol.announcements import SUFFIX, NoticeKind

_LIST_WIDTH = 520
_FILES = f"公告和停机通知 (*{SUFFIX});;全部文件 (*)"
_COLUMNS: Sequence[Column[NoticeCard]] = (
    Column("标题", lambda card: card.notice.title),
    Column(
        "类型", lambda card: KINDS[card.notice.kind].word, 104, state=lambda card: KINDS[card.notice.kind]
    ),
    Column("状态", lambda card: state_of(card).word, 88, state=state_of),
    Column(
        "时间",
        lambda card: words.when(card.notice.issued_at),
        100,
        sort=lambda card: card.notice.issued_at.timestamp(),
        tip=lambda card: words.stamp(card.notice.issued_at),
        quiet=True,
    ),
)


class NoticesBoard(QWidget):
    """List and detail, without a frame: the page of the main window and the window before log-in show it.
    ``document_wanted`` carries a SentRow."""

    document_wanted = Signal(object)
    looked = Signal()

    def __init__(self, office: Office, *, with_impact: bool = True) -> None:
        super().__init__()
        self._office = office
        self._with_impact = with_impact
        self._wanted = ""
        self.notice = Notice("notices_notice")
        self.table = RowTable(
            RowModel(
                _COLUMNS,
                lambda card: card.notice.notice_id,
                unread=lambda card: not card.read and card.state is NoticeState.CURRENT,
            ),
            "notices_table",
            "公告列表",
        )
        self.table.setMinimumWidth(_LIST_WIDTH - 80)
        self.detail = NoticeDetail()
        self.detail.document_wanted.connect(self._open_document)
        empty = EmptyState(
            "bell", "还没有公告", "交换中心发布的公告和停机通知会显示在这里，停机时也可以打开通知文件。"
        )
        body = row(gap=0)
        body.addWidget(self.table, 6)
        panel = holder(column(self.detail, gap=0), "panel")
        body.addWidget(panel, 6)
        self._stack = QStackedWidget()
        self._stack.addWidget(holder(body))
        self._stack.addWidget(empty)
        self._stack.setCurrentIndex(1)
        whole = column(gap=0)
        whole.addLayout(column(self.notice, margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE)))
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._chosen())

    def reload(self) -> None:
        """What is kept here; no network is needed."""
        work(self, self._office.notices.all).then(self._came).failed(self.notice.not_read).start()

    def refresh(self) -> None:
        """Ask the exchange, too; where it does not answer, what is kept stays."""
        work(self, self._office.notices.refresh).then(lambda _done: self._asked()).failed(
            self.notice.not_read
        ).start()

    def _asked(self) -> None:
        self.notice.read()
        self.reload()

    def show_notice(self, notice_id: str) -> None:
        """Choose a notice, now or once it has come."""
        if not self.table.choose(notice_id):
            self._wanted = notice_id

    def _came(self, cards: list[NoticeCard]) -> None:
        self.table.show_rows(cards)
        self._stack.setCurrentIndex(0 if cards else 1)
        if self._wanted and self.table.choose(self._wanted):
            self._wanted = ""
        self._chosen()

    def _chosen(self) -> None:
        card = self.table.chosen()
        if not isinstance(card, NoticeCard):
            return
        notices, notice_id = self._office.notices, card.notice.notice_id
        concerned = self._with_impact and card.notice.kind in (NoticeKind.OUTAGE, NoticeKind.RECOVERY)

        def look() -> Impact | None:
            return notices.impact(notice_id) if concerned else None

        work(self, look).then(lambda impact: self._show(card, impact)).failed(self.notice.explain).start()

    def _show(self, card: NoticeCard, impact: Impact | None) -> None:
        chosen = self.table.chosen()
        if not isinstance(chosen, NoticeCard) or chosen.notice.notice_id != card.notice.notice_id:
            return
        self.detail.show_card(chosen, impact)
        if self.isVisible() and not card.read:
            notice_id = card.notice.notice_id
            work(self, lambda: self._office.notices.mark_read(notice_id)).then(
                lambda _done: self.looked.emit()
            ).failed(self.notice.explain).start()

    def choose_file(self) -> None:
        """Ask for a notice file."""
        name, _ = QFileDialog.getOpenFileName(self, "打开公告或停机通知文件", "", _FILES)
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Verify a file here, without the exchange."""
        work(self, lambda: self._office.notices.check_file(path)).then(self._checked).failed(
            self.notice.explain
        ).start()

    def _checked(self, found: NoticeCheck) -> None:
        if found.problem is not None:
            self.notice.say(found.problem, Tone.WARNING if found.kept else Tone.INVALID)
        else:
            self.notice.show_text(
                f"通知《{found.notice.title}》已由本机核实：签名正确，确由「{found.notice.exchange}」签发。",
                tone=Tone.VALID,
            )
        if found.kept:
            self._wanted = found.notice.notice_id
            self.reload()

    def _open_document(self, document_id: str) -> None:
        def find() -> SentRow | None:
            sent = self._office.tracking.sent()
            return next((one for one in sent if one.document_id == document_id), None)

        def show(found: SentRow | None) -> None:
            if found is not None:
                self.document_wanted.emit(found)

        work(self, find).then(show).failed(self.notice.explain).start()


class NoticesPage(Page):
    """公告 in the main window."""

    document_wanted = Signal(object)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("notices")
        self.board = NoticesBoard(office)
        self.board.document_wanted.connect(self.document_wanted)
        head = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        head.addWidget(label("公告", "title"))
        head.addStretch(1)
        head.addWidget(tool("refresh", "刷新", self.board.refresh, name="refresh"))
        head.addWidget(
            button("打开通知文件(&O)", self.board.choose_file, picture="folder", name="open_notice_file")
        )
        top = holder(head)
        top.setFixedHeight(Size.HEAD)
        whole = column(top, gap=0)
        whole.addWidget(self.board, 1)
        self.setLayout(whole)

    def reload(self) -> None:
        self.board.reload()

    def show_notice(self, notice_id: str) -> None:
        """Choose a notice."""
        self.board.show_notice(notice_id)

    def take_focus(self) -> None:
        self.board.table.setFocus()


class NoticesDialog(Sheet):
    """公告 before log-in: also when the exchange cannot be reached."""

    def __init__(self, parent: QWidget, office: Office, notice_id: str = "") -> None:
        super().__init__(
            parent,
            "notices_dialog",
            "公告和停机通知",
            "公告和停机通知由本机核实签名，不登录、不联网也能查看。",
            picture="bell",
        )
        self.resize(1080, 620)
        self.board = NoticesBoard(office, with_impact=False)
        self.body.addWidget(self.board, 1)
        self.add_action(
            "打开通知文件(&O)", self.board.choose_file, kind="", picture="folder", name="open_notice_file"
        )
        self.add_safe("关闭(&C)")
        if notice_id:
            self.board.show_notice(notice_id)
        self.board.reload()
