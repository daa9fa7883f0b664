"""The places of the address book: all units, regions, groups."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from gongwen_client.domain.contacts import NO_REGION, AddressGroup, RegionNode

_WIDTH = 232
_PLACE = Qt.ItemDataRole.UserRole
Place = tuple[str, str]
"""("all", ""), ("region", its path) or ("group", its name)."""
ALL: Place = ("all", "")


class PlaceTree(QTreeWidget):
    """``currentItemChanged`` tells that another place was chosen; filling it anew does not."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("contacts_tree")
        self.setAccessibleName("地区、系统和常用分组")
        self.setHeaderHidden(True)
        self.setIndentation(16)
        self.setUniformRowHeights(True)
        self.setFixedWidth(_WIDTH)

    def fill(
        self, count: int, regions: Sequence[RegionNode], groups: Sequence[AddressGroup], chosen: Place
    ) -> None:
        """All ``count`` units, the regions, the groups; ``chosen`` is chosen where it still is."""
        self.blockSignals(True)
        self.clear()
        top = _item(f"全部单位（{count}）", ALL)
        self.addTopLevelItem(top)
        for node in regions:
            self.addTopLevelItem(_region_item(node))
        if groups:
            heading = _item("常用分组", ("groups", ""))
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.addTopLevelItem(heading)
            for group in groups:
                shared = " · 平台" if group.shared else ""
                heading.addChild(_item(f"{group.name}（{len(group.units)}）{shared}", ("group", group.name)))
        self.expandAll()
        self.setCurrentItem(self._find(chosen) or top)
        self.blockSignals(False)

    @property
    def place(self) -> Place:
        """What is chosen."""
        item = self.currentItem()
        place = item.data(0, _PLACE) if item is not None else None
        return place if isinstance(place, tuple) else ALL

    def choose(self, place: Place) -> None:
        """Choose a place as a person would; one that is not there changes nothing."""
        item = self._find(place)
        if item is not None:
            self.setCurrentItem(item)

    def _find(self, place: Place) -> QTreeWidgetItem | None:
        found = self.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
        return next((item for item in found if item.data(0, _PLACE) == place), None)


def is_below(region: str, path: str) -> bool:
    """Whether a unit's region is one of the tree's or inside it."""
    return region == path or region.startswith(f"{path}/") or (not region and path == NO_REGION)


def _item(text: str, place: tuple[str, str]) -> QTreeWidgetItem:
    item = QTreeWidgetItem([text])
    item.setData(0, _PLACE, place)
    item.setToolTip(0, text)
    return item


def _region_item(node: RegionNode) -> QTreeWidgetItem:
    item = _item(f"{node.name}（{node.count}）", ("region", node.path))
    for child in node.children:
        item.addChild(_region_item(child))
    return item
