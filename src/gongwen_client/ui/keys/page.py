"""印章与秘钥盘: the keys plugged in at the left, everything about the chosen one at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStackedWidget

from gongwen_client.domain.custody import Custody
from gongwen_client.services.keys import KeyBoard, KeyCard
from gongwen_client.services.office import Office
from gongwen_client.token.keys import SelfTest
from gongwen_client.ui.keys.dialogs import ChangePinDialog, CustodyDialog, SelfTestDialog
from gongwen_client.ui.keys.encryption_key import ImportKeyDialog
from gongwen_client.ui.keys.facts import short_state
from gongwen_client.ui.keys.panel import KeyPanel
from gongwen_client.ui.keys.rows import CARD_ROLE, KeyDelegate
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import column, holder, label, row, tool
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.page import Page
from gongwen_client.ui.widgets.states import EmptyState, Skeleton
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_protocol.sentences import sentence

_LIST = 320
Dialog = SelfTestDialog | ChangePinDialog | CustodyDialog | ImportKeyDialog


class KeysPage(Page):
    """Is told what there is by the main window (``show_board``) and asks it to look again."""

    reload_wanted = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("keys")
        self._office = office
        self.dialog: Dialog | None = None
        self.notice = Notice("keys_notice")
        self._count = label("", "muted")
        self.list = QListWidget()
        self.list.setAccessibleName("已插入的秘钥盘")
        self.list.setItemDelegate(KeyDelegate(self.list))
        self.list.setFixedWidth(_LIST)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda _now, _before: self._choose())
        self.panel = KeyPanel()
        self.panel.test_wanted.connect(self.open_self_test)
        self.panel.change_wanted.connect(self.open_change_pin)
        self.panel.custody_wanted.connect(self.open_custody)
        self._skeleton = Skeleton()
        self._empty = EmptyState(
            "key",
            "没有识别到秘钥盘",
            "请插入印章秘钥盘，约一秒后显示；仍未显示时，请检查是否安装了秘钥盘的驱动程序。",
        )
        self._stack = QStackedWidget()
        both = row(self.list, _upright(), gap=0)
        both.addWidget(self.panel, 1)
        self._both = holder(both)
        for part in (self._skeleton, self._empty, self._both):
            self._stack.addWidget(part)
        self._lay_out()
        self._skeleton.begin()

    def _lay_out(self) -> None:
        head = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        head.addWidget(label("印章与秘钥盘", "title"))
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(tool("lock", "导入加密密钥", self.open_import, name="import_key"))
        head.addWidget(tool("refresh", "重新识别", self.reload, name="refresh"))
        top = holder(head)
        top.setFixedHeight(Size.HEAD)
        whole = column(top, gap=0)
        whole.addLayout(column(self.notice, margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE)))
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    # -- what is shown ----------------------------------------------------------------------------------

    def reload(self) -> None:
        """Look again."""
        self.reload_wanted.emit()

    def take_focus(self) -> None:
        """The list, where there is one in sight."""
        (self.list if self._stack.currentWidget() is self._both else self).setFocus()

    def show_board(self, board: KeyBoard) -> None:
        """What is plugged in now; the chosen key stays chosen."""
        chosen = self.panel.card.key.key_id if self.panel.card else ""
        self.list.blockSignals(True)
        self.list.clear()
        for card in board.cards:
            item = QListWidgetItem()
            item.setData(CARD_ROLE, card)
            said = f"{card.name}，编号 {card.key.serial}，{short_state(card).word}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            item.setToolTip(said)
            self.list.addItem(item)
        keys = [card.key.key_id for card in board.cards]
        if keys:
            self.list.setCurrentRow(keys.index(chosen) if chosen in keys else 0)
        self.list.blockSignals(False)
        self._count.setText(f"{len(keys)} 把密钥" if keys else "")
        self._stack.setCurrentWidget(self._both if keys else self._empty)
        self._choose()
        self._show_problems(board)

    def _show_problems(self, board: KeyBoard) -> None:
        if not board.problems:
            self.notice.clear()
            return
        first = board.problems[0]
        facts = dict.fromkeys(("path", "label", "reason", "module", "file"), first.detail or first.backend)
        said = sentence(first.code, **facts)
        more = f"另有 {len(board.problems) - 1} 处问题。" if len(board.problems) > 1 else ""
        small = " · ".join(part for part in (first.detail, first.code) if part)
        self.notice.show_text(said.what + more, said.do, small, Tone.WARNING)

    def explain(self, error: GongwenError) -> None:
        """The keys could not be looked at."""
        self.notice.explain(error)
        if not self.list.count():
            self._stack.setCurrentWidget(self._empty)

    @property
    def card(self) -> KeyCard | None:
        """The chosen key."""
        item = self.list.currentItem()
        card = item.data(CARD_ROLE) if item is not None else None
        return card if isinstance(card, KeyCard) else None

    def _choose(self) -> None:
        if self.card != self.panel.card:
            self.panel.show_card(self.card)

    # -- acts -------------------------------------------------------------------------------------------

    def open_self_test(self, card: KeyCard) -> None:
        """自检: ask for the PIN, then try the key out."""
        dialog = SelfTestDialog(self, card)

        def done(result: SelfTest) -> None:
            if result.passed:
                dialog.accept()
                self.notice.show_text(f"「{card.name}」自检通过。", "", "", Tone.VALID)
            else:
                dialog.explain(KnownError(result.code))
            self.reload()

        dialog.entered.connect(
            lambda pin: (
                work(dialog, lambda: self._office.keys.self_test(card.key.key_id, pin))
                .then(done)
                .failed(lambda error: self._refused(dialog, error))
                .start()
            )
        )
        self._open(dialog)

    def open_change_pin(self, card: KeyCard) -> None:
        """修改口令."""
        dialog = ChangePinDialog(self, card)

        def done(_nothing: None) -> None:
            dialog.accept()
            self.notice.show_text(f"「{card.name}」的口令已修改。", "", "", Tone.VALID)
            self.reload()

        dialog.change_wanted.connect(
            lambda old, new: (
                work(dialog, lambda: self._office.keys.change_pin(card.key.key_id, old, new))
                .then(done)
                .failed(lambda error: self._refused(dialog, error))
                .start()
            )
        )
        self._open(dialog)

    def open_custody(self, card: KeyCard) -> None:
        """保管岗位."""
        dialog = CustodyDialog(self, card)

        def save(custody: Custody) -> None:
            def done(_nothing: None) -> None:
                dialog.accept()
                self.reload()

            work(dialog, lambda: self._office.keys.set_custody(card.key.serial, custody)).then(done).failed(
                dialog.explain
            ).start()

        dialog.custody_wanted.connect(save)
        self._open(dialog)

    def open_import(self) -> None:
        """导入加密密钥."""
        dialog = ImportKeyDialog(self)

        def done(certificate: Certificate) -> None:
            dialog.accept()
            until = f"有效期至 {certificate.not_after:%Y-%m-%d}。"
            self.notice.show_text(f"已导入加密密钥「{certificate.common_name}」。", until, "", Tone.VALID)

        dialog.import_wanted.connect(
            lambda path, password: (
                work(dialog, lambda: self._office.encryption_keys.take_in(path, password))
                .then(done)
                .failed(dialog.explain)
                .start()
            )
        )
        self._open(dialog)

    def _refused(self, dialog: SelfTestDialog | ChangePinDialog, error: GongwenError) -> None:
        dialog.explain(error)
        self.reload()  # the tries left are another number now

    def _open(self, dialog: Dialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        if self.dialog is self.sender():
            self.dialog = None


def _upright() -> QFrame:
    line = QFrame()
    line.setProperty("role", "upright")
    line.setFixedWidth(1)
    return line
