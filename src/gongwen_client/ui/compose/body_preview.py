"""正文预览 beside the form."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.drafts import Draft, Hit
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.page_view import PageView
from gongwen_client.ui.viewer.reader import ZoomTools
from gongwen_client.ui.widgets.basics import column, holder, label, row
from gongwen_crypto.errors import GongwenError


class BodyPreview(QWidget):
    """``view`` draws the pages; ``loaded`` when they, or why there are none, can be seen."""

    loaded = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._office = office
        self._shown_digest = ""
        self.view = PageView("canvas", "正文预览")
        margins = (Space.GROUP, 0, Space.INSIDE, 0)
        tools = row(label("正文预览", "muted"), None, ZoomTools(self.view), margins=margins)
        strip = holder(tools, "toolstrip")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip.setFixedHeight(41)
        self.setLayout(column(strip, self.view, gap=0))

    def show_draft(self, draft: Draft) -> None:
        """The body as it is now; the same again is not drawn again."""
        body = draft.body
        if body is None:
            self._shown_digest = ""
            forwards = draft.record.forwards
            said = f"来文《{forwards}》已作为附件。\n请选择本单位的转发通知作为正文。" if forwards else ""
            self.view.show_message(said or "选择正文后在这里预览")
            return
        if body.digest == self._shown_digest:
            return
        self._shown_digest = body.digest
        self.view.show_message("正在打开正文")
        work(self, lambda: open_drawing(self._office, body.path)).then(self._drawn).failed(
            self._not_drawn
        ).start()

    def show_place(self, hit: Hit) -> None:
        """Where a check found something."""
        self.view.centre_on(hit.page_index, hit.box_mm[1] if hit.box_mm else 0)

    def _drawn(self, drawing: Drawing) -> None:
        self.view.show_document(drawing.sizes, drawing.draw)
        self.loaded.emit()

    def _not_drawn(self, error: GongwenError) -> None:
        self.view.show_message(words.explained(error))
        self.loaded.emit()
