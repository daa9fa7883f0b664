"""诊断 in the main window."""

from __future__ import annotations

from gongwen_client.services.office import Office
from gongwen_client.ui.diagnostics.view import DiagnosticsView
from gongwen_client.ui.widgets.basics import column
from gongwen_client.ui.widgets.page import Page


class DiagnosticsPage(Page):
    """The checks are made when the page is first seen."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("diagnostics")
        self.view = DiagnosticsView(office.diagnostics, office, "诊断与故障报告")
        self.setLayout(column(self.view, gap=0))

    def reload(self) -> None:
        self.view.begin()

    def heard(self, topics: frozenset[str]) -> None:
        """Something changed in the office; reports are looked at again while they are in sight."""
        if self.isVisible() and topics & {"faults", "duty"}:
            self.view.show_cases()

    def take_focus(self) -> None:
        self.view.again_button.setFocus()
