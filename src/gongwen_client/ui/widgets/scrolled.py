"""Parts that scroll up and down when the room is short, and only then."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gongwen_client.ui.widgets.basics import column


class _AsTallAsItsWords(QWidget):
    """Content of a scroll area. Qt asks wrapped words for the height they would have in the narrowest column,
    and scrolls over nothing; this one answers for the width that there is."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setObjectName("plain")
        self._content = content
        self.setLayout(column(content, gap=0))

    def minimumSizeHint(self) -> QSize:
        hint, view = super().minimumSizeHint(), self.parentWidget()
        if view is None or not self.hasHeightForWidth():
            return hint
        return QSize(hint.width(), self.height_at(max(hint.width(), view.width())))

    def height_at(self, width: int) -> int:
        """What all of it needs, in px."""
        layout = self.layout()
        assert layout is not None
        # Qt would ask a part with a greatest width how tall it were if it were wider than that.
        width = min(width, self._content.maximumWidth())
        if layout.hasHeightForWidth():
            return layout.totalHeightForWidth(width)
        return layout.totalSizeHint().height()


class Scrolled(QScrollArea):
    """``content`` in an area that scrolls up and down when the room is short."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setObjectName(content.objectName() or "plain")
        self._content = _AsTallAsItsWords(content)
        self.setWidget(self._content)

    def height_at(self, width: int) -> int:
        """What the content needs at this width, in px."""
        return self._content.height_at(width)


class Unrolled(Scrolled):
    """Asks for the height its content needs, as if it did not scroll, up to a limit."""

    def __init__(self, content: QWidget, most: int | None = None) -> None:
        super().__init__(content)
        self._most: int | None = None
        self.limit(most)

    def limit(self, most: int | None) -> None:
        """Ask for what the content needs now, but for no more than ``most`` px."""
        self._most = most
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if most else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:  # an area that scrolls would keep it to itself
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        wanted = self.height_at(width)
        return wanted if self._most is None else min(wanted, self._most)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._content.minimumSizeHint().width(), 0)
