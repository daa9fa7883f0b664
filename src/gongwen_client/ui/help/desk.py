"""F1 and “?”: which help belongs to what is on the screen, and where it is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QWidget

from gongwen_client.services.help import HelpService, topic_of
from gongwen_client.ui.help.panel import HelpPanel, HelpWindow
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.widgets.basics import worded_tool


class HelpDesk(QObject):
    """The help of a main window: a panel at its right; for a dialog over it, a window beside."""

    def __init__(self, window: MainWindow, help_service: HelpService) -> None:
        super().__init__(window)
        self._window = window
        self._service = help_service
        self.beside: HelpWindow | None = None
        self.panel = HelpPanel(help_service)
        self.panel.closed.connect(self.close)
        self.dock = QDockWidget(window)
        self.dock.setObjectName("help_dock")
        self.dock.setTitleBarWidget(QWidget())
        self.dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self.dock.setWidget(self.panel)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.hide()
        self.button = worded_tool("help", "帮助", self.toggle, name="help")
        self.button.setToolTip("本页帮助（F1）")
        window.banner.add_tool(self.button)
        shortcut = QShortcut(QKeySequence("F1"), window, self.open)
        shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
        window.navigation.chosen.connect(lambda _page: self._follow())
        window.view_opened.connect(lambda _view: self._follow())

    def place(self) -> str:
        """The name of what is on the screen: the dialog, the open document, or the page."""
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog.objectName():
            return dialog.objectName()
        view = self._window.view
        if view is not None:
            for name in (view.objectName(), type(view).__name__):
                if topic_of(name) is not None:
                    return name
        return self._window.page

    def toggle(self) -> None:
        """The button: open the help, or close it."""
        if self.dock.isVisible():
            self.close()
        else:
            self.open()

    def open(self) -> None:
        """Show the help of what is on the screen."""
        if QApplication.activeModalWidget() is not None:
            self._open_beside()
            return
        self.panel.show_place(self.place())
        self.dock.show()
        self.panel.text.setFocus()

    def close(self) -> None:
        """Put the panel away."""
        self.dock.hide()

    def _open_beside(self) -> None:
        if self.beside is None:
            self.beside = HelpWindow(self._service)
        self.beside.panel.show_place(self.place())
        self.beside.show()
        self.beside.raise_()

    def _follow(self) -> None:
        """Another page is on the screen: an open panel goes with it."""
        if self.dock.isVisible():
            self.panel.show_place(self.place())
