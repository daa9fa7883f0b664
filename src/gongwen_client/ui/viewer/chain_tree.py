"""A certificate chain as a tree, the root on top, each certificate with its own verdict; facts beneath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from gongwen_client.ui.theme import Space, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.viewer import seal_facts
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import column

_ROW = 30
_DATA = Qt.ItemDataRole.UserRole


class ChainTree(QWidget):
    """Choose a certificate by click or arrow keys; what it says stands beneath."""

    def __init__(self, chain: Sequence[Mapping[str, Any]], spoken: str) -> None:
        super().__init__()
        self.tree = QTreeWidget()
        self.tree.setObjectName("chain")
        self.tree.setAccessibleName(spoken)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(2)
        self.tree.setIndentation(12)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setFixedHeight(_ROW * max(1, len(chain)) + 4)
        self._layout: QVBoxLayout = column(self.tree, gap=Space.HAIR)
        self._facts: FactList | None = None
        self.setLayout(self._layout)
        last = self._fill(chain)
        self.tree.currentItemChanged.connect(lambda item, _before: self._tell(item))
        if last is not None:
            self.tree.setCurrentItem(last)

    def _fill(self, chain: Sequence[Mapping[str, Any]]) -> QTreeWidgetItem | None:
        """Root first; the answer is the leaf's line."""
        above: QTreeWidgetItem | None = None
        for link in reversed(chain):
            state = seal_facts.link_state(link)
            name = seal_facts.common_name(link.get("subject")) or "未注明持有者"
            item = QTreeWidgetItem([name, state.word])
            item.setIcon(0, icon(state.shape, colour(state.tone.value).name()))
            item.setForeground(1, QColor(colour(state.tone.value)))
            item.setSizeHint(0, QSize(0, _ROW))
            item.setToolTip(0, f"{link.get('subject')}：{state.word}")
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{name}：{state.word}")
            item.setData(0, _DATA, dict(link))
            if above is None:
                self.tree.addTopLevelItem(item)
            else:
                above.addChild(item)
                above.setExpanded(True)
            above = item
        return above

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        if self._facts is not None:
            self._facts.hide()
            self._facts.deleteLater()
            self._facts = None
        if item is None:
            return
        self._facts = FactList()
        for name, value in seal_facts.certificate(item.data(0, _DATA)):
            self._facts.add(name, value, copied=name in ("序列号", "SM3 指纹"))
        self._layout.addWidget(self._facts)
