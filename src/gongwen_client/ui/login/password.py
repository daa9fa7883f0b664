"""修改密码: the rules beside the fields, each ticked as it is met."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.icons import pixmap
from gongwen_client.ui.widgets.basics import button, column, glyph, holder, label, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.notice import Notice
from gongwen_crypto.errors import GongwenError

_LEAST = 8
_RULES = (f"至少 {_LEAST} 个字符", "与原密码不同", "两次输入一致")


class PasswordForm(QWidget):
    """``changed(SessionGrant)`` when the exchange has taken the new password."""

    changed = Signal(object)
    told = Signal()
    """There is more or less to read than before."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._lead = label("首次登录须修改初始密码，修改后才能办理公文。", wrap=True)
        self.old = _secret("old_password", "原密码")
        self.new = _secret("new_password", "新密码")
        self.again = _secret("again", "再次输入新密码")
        self._old_caption = label("原密码", "small")
        self._marks = [glyph("circle", "muted", 16) for _ in _RULES]
        self.problem = Notice("problem")
        self.change_button = button("修改密码(&M)", self.change, kind="primary", name="change_password")
        rules = column(gap=Space.HAIR)
        for mark, text in zip(self._marks, _RULES, strict=True):
            rules.addLayout(row(mark, label(text, "muted"), None))
        form = column(self._lead, Space.INSIDE, gap=2)
        captions = (self._old_caption, label("新密码", "small"), label("再次输入新密码", "small"))
        for caption, field in zip(captions, (self.old, self.new, self.again), strict=True):
            caption.setBuddy(field)
            form.addWidget(caption)
            form.addWidget(field)
            form.addSpacing(Space.INSIDE)
            field.textChanged.connect(lambda _text: self._check())
            field.returnPressed.connect(self.change)
        form.addWidget(holder(rules))
        form.addSpacing(Space.INSIDE)
        form.addWidget(self.problem)
        form.addSpacing(Space.INSIDE)
        form.addWidget(self.change_button)
        form.addStretch(1)
        self.setLayout(form)
        self._check()

    def begin(self, old: str = "", *, forced: bool) -> None:
        """Start over; after a forced log-in the old password is already known."""
        self.old.setText(old)
        self._lead.setVisible(forced)
        for part in (self.old, self._old_caption):
            part.setVisible(not old)
        self.new.clear()
        self.again.clear()
        self.problem.clear()
        (self.new if old else self.old).setFocus()

    def fill(self, new: str) -> None:
        """Type the new password in both fields."""
        self.new.setText(new)
        self.again.setText(new)

    def _met(self) -> tuple[bool, ...]:
        new = self.new.text()
        return (
            len(new) >= _LEAST,
            bool(new) and new != self.old.text(),
            bool(new) and new == self.again.text(),
        )

    def _check(self) -> None:
        met = self._met()
        for mark, good in zip(self._marks, met, strict=True):
            shape, tint = ("check", "valid") if good else ("circle", "muted")
            mark.setPixmap(pixmap(shape, colour(tint).name(), Size.ICON_SMALL))
        self.change_button.setEnabled(all(met) and bool(self.old.text()))

    def change(self) -> None:
        """Ask the exchange to take the new password."""
        if not self.change_button.isEnabled():
            return
        old, new = self.old.text(), self.new.text()
        self.problem.clear()
        self.change_button.setEnabled(False)
        work(self, lambda: self._office.login.change_password(old, new)).then(self.changed.emit).failed(
            self._refused
        ).start()

    def _refused(self, error: GongwenError) -> None:
        self._check()
        self.problem.explain(error)
        self.told.emit()


class PasswordDialog(Sheet):
    """修改密码 out of the user menu."""

    def __init__(self, parent: QWidget | None, office: Office) -> None:
        super().__init__(
            parent,
            "password_dialog",
            "修改密码",
            "修改后，其他电脑上的登录立即失效。",
            picture="password",
            tone="action",
        )
        self.compact(Size.PANEL + 80)
        self.form = PasswordForm(office)
        self.form.begin(forced=False)
        self.form.changed.connect(lambda _grant: self.accept())
        self.form.told.connect(self.fit_soon)
        self.body.addWidget(self.form)
        self.add_safe("取消(&C)")


def _secret(name: str, spoken: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field
