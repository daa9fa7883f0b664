"""A line that opens to more."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gongwen_client.ui.theme import Space, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.widgets.basics import button, column

Build = Callable[[], QWidget]


class Disclosure(QWidget):
    """A button with a chevron. What it opens to is there already, or is built when it is first wanted."""

    def __init__(
        self, title: str, content: QWidget | Build, *, spoken: str = "", is_open: bool = False
    ) -> None:
        super().__init__()
        self._content = content
        self._inside: QWidget | None = None
        self.toggle = button(title, kind="link")
        self.toggle.setAccessibleName(spoken or title)
        self.toggle.setCheckable(True)
        self.toggle.setProperty("role", "disclosure")
        self.toggle.toggled.connect(self._turn)
        self._layout = column(self.toggle, gap=Space.HAIR)
        self.setLayout(self._layout)
        if isinstance(content, QWidget):
            self._put(content)
        self._turn(is_open)
        self.toggle.setChecked(is_open)

    @property
    def is_open(self) -> bool:
        """Whether its content is shown."""
        return self.toggle.isChecked()

    def open(self) -> None:
        """Show the content."""
        self.toggle.setChecked(True)

    def _turn(self, wanted: bool) -> None:
        picture = "chevron-down" if wanted else "chevron-right"
        self.toggle.setIcon(icon(picture, colour("action").name()))
        self.toggle.setAccessibleDescription("已展开" if wanted else "已收起")
        if wanted and not isinstance(self._content, QWidget) and self._inside is None:
            self._put(self._content())
        if self._inside is not None:
            self._inside.setVisible(wanted)

    def _put(self, inside: QWidget) -> None:
        self._inside = inside
        self._layout.addWidget(inside)
