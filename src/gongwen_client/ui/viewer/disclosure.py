"""A line that opens to more: its content is built when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gongwen_client.ui.theme import Space, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.widgets.basics import button, column

Build = Callable[[], QWidget]


class Disclosure(QWidget):
    """A button with a chevron; ``build`` makes what it opens to."""

    def __init__(self, title: str, build: Build, *, spoken: str = "", is_open: bool = False) -> None:
        super().__init__()
        self._build = build
        self._inside: QWidget | None = None
        self.toggle = button(title, kind="link")
        self.toggle.setAccessibleName(spoken or title)
        self.toggle.setCheckable(True)
        self.toggle.setProperty("role", "disclosure")
        self.toggle.toggled.connect(self._turn)
        self._layout = column(self.toggle, gap=Space.HAIR)
        self.setLayout(self._layout)
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
        if wanted and self._inside is None:
            self._inside = self._build()
            self._layout.addWidget(self._inside)
        if self._inside is not None:
            self._inside.setVisible(wanted)
