"""The menu of a row: what can be done with what is chosen in a list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from gongwen_client.ui.theme import colour
from gongwen_client.ui.theme.icons import icon

if TYPE_CHECKING:
    from gongwen_client.ui.lists.documents import DocumentList


class RowMenu(QMenu):
    """Of one row everything, of several what can be done with several."""

    def __init__(self, page: DocumentList) -> None:
        super().__init__(page)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen, several = page.table.chosen(), page.table.chosen_count() > 1
        if not several:
            self._add("open", "打开(&O)", "eye", page.open_chosen)
        for act in page.plan.acts:
            if (act.many if several else True) and (several or chosen is None or act.fits(chosen)):
                self._add(act.name, act.text, act.picture, partial(page.act, act))
        self.addSeparator()
        if not several and chosen is not None:
            elements = (chosen[0] if isinstance(chosen, tuple) else chosen).elements
            self._add("copy_title", "复制标题", "copy", lambda: _copy(elements.title))
            if elements.doc_number:
                self._add("copy_number", "复制文号", "copy", lambda: _copy(elements.doc_number))
        words = "导出所选…" if several else "导出这一份…"
        self._add("export", words, "save", lambda: page.choose_file(True))

    def _add(self, name: str, text: str, picture: str, act: Callable[[], object]) -> None:
        entry = self.addAction(icon(picture, colour("muted").name()), text, act)
        entry.setObjectName(f"row_{name}")


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
