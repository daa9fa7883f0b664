"""锁定: the window is covered until the password is typed again."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from gongwen_client.services.office import Office
from gongwen_client.ui.login.seal_key import WANTED, SealKeyAtHand
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import button, column, glyph, holder, label, row
from gongwen_client.ui.widgets.notice import Notice
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import SessionGrant


class LockPage(QWidget):
    """``unlocked`` when the password was right."""

    unlocked = Signal()

    def __init__(self, office: Office, session: SessionGrant) -> None:
        super().__init__()
        self.setObjectName("page")
        self._office = office
        self._session = session
        self.password = QLineEdit()
        self.password.setObjectName("unlock_password")
        self.password.setAccessibleName("密码")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.returnPressed.connect(self.unlock)
        caption = label("密码", "small")
        caption.setBuddy(self.password)
        self.seal_key = SealKeyAtHand(office)
        self.seal_key.confirmed.connect(self.unlock)
        self.problem = Notice("problem")
        self.unlock_button = button("解锁(&U)", self.unlock, kind="primary", name="unlock")
        self._title = label("已锁定", "title")
        who = label(f"{session.unit_name} {session.post} {session.account}", "muted")
        for part in (self._title, who):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._waiting = label("", "strong", tone="invalid")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._waiting.hide()
        inside = column(
            row(None, glyph("lock", "muted", 40), None),
            self._title,
            who,
            self._waiting,
            Space.INSIDE,
            column(caption, self.password, gap=2),
            self.seal_key,
            self.problem,
            self.unlock_button,
        )
        box = holder(inside)
        box.setFixedWidth(320)
        self.setLayout(column(None, row(None, box, None), None, None))

    def show_waiting(self, count: int) -> None:
        """How many documents wait; their titles are not for who passes by."""
        self._waiting.setText(f"有 {count} 份公文待收")
        self._waiting.setVisible(count > 0)

    def cover(self, *, expired: bool = False) -> None:
        """The window is covered, by the person or because the session ended."""
        self._title.setText("登录已过期" if expired else "已锁定")
        self.problem.clear()
        self.password.clear()
        self.password.setFocus()

    def unlock(self) -> None:
        """Try the password."""
        session, password = self._session, self.password.text()
        if not password or not self.seal_key.complete:
            return
        seal_key = self.seal_key.take()
        self.problem.clear()
        work(
            self, lambda: self._office.login.unlock(session.unit_code, session.account, password, seal_key)
        ).then(self._accepted).failed(self._refused).start()

    def _accepted(self, _grant: SessionGrant) -> None:
        self.password.clear()
        self.unlocked.emit()

    def _refused(self, error: GongwenError) -> None:
        self.problem.explain(error)
        if error.code == WANTED:  # the password stays: the key is what was missing
            self.seal_key.ask()
            return
        self.password.clear()
        self.password.setFocus()
