"""Looks at a window as a strict reviewer does: controls without a name, texts that do not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollBar,
    QTabBar,
    QToolButton,
    QWidget,
)

from gongwen_client.ui.widgets.basics import ElidedLabel

_CONTROLS = {
    QAccessible.Role.Button,
    QAccessible.Role.ButtonMenu,
    QAccessible.Role.EditableText,
    QAccessible.Role.ComboBox,
    QAccessible.Role.CheckBox,
    QAccessible.Role.RadioButton,
    QAccessible.Role.SpinBox,
    QAccessible.Role.Table,
    QAccessible.Role.Tree,
    QAccessible.Role.List,
    QAccessible.Role.PageTab,
    QAccessible.Role.PageTabList,
}


def faults(window: QWidget) -> list[str]:
    """Everything that is looked for here."""
    looks = (nameless, clipped, uncaptioned, ambiguous)
    return [fault for look in looks for fault in look(window)]


def nameless(window: QWidget) -> list[str]:
    """Interactive parts of ``window`` that a screen reader could not name."""
    root = QAccessible.queryAccessibleInterface(window)
    return [_describe(part) for part in _controls(root) if not part.text(QAccessible.Text.Name).strip()]


def _controls(part: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    if not part.isValid() or part.state().invisible:
        return
    if part.role() in _CONTROLS and not _internal(part):
        yield part
    if part.role() in (QAccessible.Role.Table, QAccessible.Role.Tree, QAccessible.Role.List):
        return
    for number in range(part.childCount()):
        child = part.child(number)
        if child is not None:
            yield from _controls(child)


def _internal(part: QAccessibleInterface) -> bool:
    """Parts inside a spin box, combo box or scroll bar: their owner is named."""
    widget = part.object()
    if not isinstance(widget, QWidget):
        return False
    owner = widget.parentWidget()
    if isinstance(owner, (QTabBar, QScrollBar)) or isinstance(widget, QScrollBar):
        return True
    while owner is not None and not owner.isWindow():
        if isinstance(owner, QComboBox) or owner.inherits("QAbstractSpinBox") or owner.inherits("QLineEdit"):
            return True
        owner = owner.parentWidget()
    return False


def _describe(part: QAccessibleInterface) -> str:
    widget = part.object()
    return f"{part.role().name} {type(widget).__name__} {widget.objectName() if widget else ''}"


def uncaptioned(window: QWidget) -> list[str]:
    """Fields for secrets in sight without a caption in sight: dots tell nobody what is asked for."""
    captions = [part for part in window.findChildren(QLabel) if part.isVisible() and part.text()]
    return [
        f"{field.accessibleName()!r} has no caption"
        for field in window.findChildren(QLineEdit)
        if field.isVisible()
        and field.echoMode() is not QLineEdit.EchoMode.Normal
        and not any(caption.buddy() is field for caption in captions)
    ]


def ambiguous(window: QWidget) -> list[str]:
    """Letters that two buttons in sight answer to: Alt and the letter would press neither."""
    held: dict[str, list[str]] = {}
    for part in window.findChildren(QAbstractButton):
        found = re.search(r"&([A-Z])", part.text())
        if found and part.isVisible() and part.isEnabled():
            held.setdefault(found[1], []).append(part.text())
    return [f"Alt+{letter}: {', '.join(texts)}" for letter, texts in held.items() if len(texts) > 1]


def clipped(window: QWidget) -> list[str]:
    """Texts in sight that do not fit into the place they were given."""
    return [trouble for part in window.findChildren(QWidget) if (trouble := _trouble(part, window))]


def _trouble(part: QWidget, window: QWidget) -> str:
    if not part.isVisibleTo(window) or not part.isVisible():
        return ""
    if isinstance(part, ElidedLabel):
        return _too_low(part, part.fontMetrics().height())
    if isinstance(part, QLabel):
        return _label_trouble(part)
    if isinstance(part, (QPushButton, QToolButton)) and part.text():
        return _button_trouble(part)
    if isinstance(part, QAbstractButton) and part.text() and part.sizeHint().width() > part.width() + 1:
        return f"{part.text()!r} needs {part.sizeHint().width()} px, has {part.width()}"
    if isinstance(part, QComboBox):
        need = part.fontMetrics().horizontalAdvance(part.currentText()) + 40
        return f"{part.currentText()!r} needs {need} px, has {part.width()}" if need > part.width() else ""
    if isinstance(part, QTabBar) and part.sizeHint().width() > part.width() + 1:
        return f"tabs need {part.sizeHint().width()} px, have {part.width()}"
    return ""


def _button_trouble(part: QPushButton | QToolButton) -> str:
    if part.property("role") == "entry":
        return ""
    hint = part.sizeHint()
    if hint.width() > part.width() + 1 or hint.height() > part.height() + 1:
        return f"{part.text()!r} needs {hint.width()}×{hint.height()}, has {part.width()}×{part.height()}"
    return ""


def _label_trouble(part: QLabel) -> str:
    if not part.text() or not part.pixmap().isNull():
        return ""
    need = part.heightForWidth(part.width()) if part.wordWrap() else part.fontMetrics().height()
    if part.wordWrap():
        return _too_low(part, need)
    width = part.fontMetrics().horizontalAdvance(part.text().replace("&", ""))
    if width > part.contentsRect().width() + 1 and not _scrolls(part):
        return f"{part.text()!r} needs {width} px, has {part.contentsRect().width()}"
    return _too_low(part, need)


def _too_low(part: QLabel, need: int) -> str:
    return (
        f"{part.text()!r} needs {need} px of height, has {part.height()}" if need > part.height() + 1 else ""
    )


def _scrolls(part: QWidget) -> bool:
    owner = part.parentWidget()
    while owner is not None:
        if isinstance(owner, QAbstractScrollArea):
            return owner.horizontalScrollBar().isVisible()
        owner = owner.parentWidget()
    return False
