"""The controls that say where a seal goes: way of placing, word, page and millimetres, riding seam."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from gongwen_client.domain.drafts import StampPlace
from gongwen_client.domain.seal_plan import SeamEdge
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_docs.inspect import Beside, JointOrder

_LEAST_WIDTH = 84
_MOST_SEALS = 99
_WAYS = ("盖在成文日期处（自动）", "盖在指定文字处", "自行拖动或输入位置", "联合行文，按印章顺序")
_BESIDES = ((Beside.OVER, "压在文字上"), (Beside.ABOVE, "文字上方"), (Beside.RIGHT, "文字右侧"))
_SEAMS: tuple[tuple[SeamEdge | None, str], ...] = (
    (None, "不加盖骑缝章"),
    (SeamEdge.RIGHT, "右侧页边，每页一段"),
    (SeamEdge.LEFT, "左侧页边，每页一段"),
)


class Way(IntEnum):
    """How the place is found, in the order of the list."""

    DATE = 0
    WORD = 1
    HAND = 2
    JOINT = 3


class PlacingBox(QWidget):
    """Every control works by keyboard; the paper shows at once what was chosen."""

    automatic_wanted = Signal()
    word_wanted = Signal(str, int, object)
    joint_wanted = Signal(object)
    """A JointOrder, or None: as the document shows it."""
    place_wanted = Signal(int, float, float)
    seam_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._showing = False
        self.ways = _combo("place_way", "定位方式", _WAYS)
        self.word = QLineEdit("（盖章）")
        self.word.setObjectName("place_word")
        self.word.setAccessibleName("要查找的文字")
        self.number = _spin("place_number", "第几处", 1, 99)
        self.number.setPrefix("第 ")
        self.number.setSuffix(" 处")
        self.number.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.number.setFixedWidth(_LEAST_WIDTH + Space.INSIDE)
        self.beside = _combo("place_beside", "相对位置", tuple(word for _, word in _BESIDES))
        self.find_button = button("定位(&F)", self._find, name="place_find")
        self._words = holder(
            column(row(self.word, self.number), row(self.beside, self.find_button), gap=Space.INSIDE)
        )
        self.turn = _spin("joint_number", "第几个印章", 1, _MOST_SEALS)
        self.turn.setPrefix("第 ")
        self.turn.setSuffix(" 个印章")
        self.seals = _spin("joint_count", "印章总数", 2, _MOST_SEALS)
        self.seals.setPrefix("共 ")
        self.seals.setSuffix(" 个")
        self._joint = holder(row(self.turn, self.seals))
        self.page = _spin("place_page", "页", 1, 1)
        self.from_left = _millimetres("place_x", "距左边毫米数")
        self.from_top = _millimetres("place_y", "距上边毫米数")
        self.page.setPrefix("第 ")
        self.page.setSuffix(" 页")
        self.from_left.setPrefix("左 ")
        self.from_top.setPrefix("上 ")
        numbers = row(self.page, self.from_left, self.from_top)
        for place in range(3):
            numbers.setStretch(place, 1)
        self.seam = _combo("seam", "骑缝章", tuple(word for _, word in _SEAMS))
        self.note = label("", "small", wrap=True)
        self.setLayout(
            column(
                self.ways, self._words, self._joint, holder(numbers), self.seam, self.note, gap=Space.INSIDE
            )
        )
        self._show_way(Way.DATE)
        self.ways.activated.connect(self._way_chosen)
        self.word.returnPressed.connect(self._find)
        self.turn.valueChanged.connect(lambda _value: self._order_typed())
        self.seals.valueChanged.connect(lambda _value: self._order_typed())
        self.page.valueChanged.connect(lambda _value: self._typed())
        self.from_left.valueChanged.connect(lambda _value: self._typed())
        self.from_top.valueChanged.connect(lambda _value: self._typed())
        self.seam.activated.connect(lambda number: self.seam_wanted.emit(_SEAMS[number][0]))

    def show_pages(self, pages: int) -> None:
        """How many pages there are; a single one has no seam."""
        self._showing = True
        self.page.setRange(1, max(pages, 1))
        self._showing = False
        self.seam.setEnabled(pages > 1)
        self.seam.setToolTip("" if pages > 1 else "公文只有一页，不能加盖骑缝章")

    def show_place(self, place: StampPlace, note: str, *, moved: bool) -> None:
        """Follow the seal on the paper. ``moved``: by hand, so that it is no longer placed by rule."""
        self._showing = True
        self.page.setValue(place.page_index + 1)
        self.from_left.setValue(place.x)
        self.from_top.setValue(place.y)
        self._showing = False
        self.note.setText(note)
        if moved:
            self._show_way(Way.HAND)

    @property
    def way(self) -> Way:
        """How the place is found now."""
        return Way(self.ways.currentIndex())

    @property
    def order(self) -> JointOrder:
        """Whose turn it is on a joint document, as typed or shown."""
        return JointOrder(self.turn.value(), self.seals.value())

    def show_order(self, order: JointOrder) -> None:
        """What the document shows of the order of seals."""
        self._showing = True
        self.seals.setValue(order.count)
        self.turn.setMaximum(order.count)
        self.turn.setValue(order.number)
        self._showing = False

    def show_automatic(self) -> None:
        """Back to the date: another seal was chosen."""
        self._show_way(Way.DATE)

    def choose_way(self, number: int) -> None:
        """As a person would choose it."""
        self.ways.setCurrentIndex(number)
        self._way_chosen(number)

    def choose_seam(self, edge: SeamEdge | None) -> None:
        """As a person would choose it."""
        self.seam.setCurrentIndex([one for one, _ in _SEAMS].index(edge))
        self.seam_wanted.emit(edge)

    def _way_chosen(self, number: int) -> None:
        way = Way(number)
        self._show_way(way)
        if way is Way.DATE:
            self.automatic_wanted.emit()
        elif way is Way.WORD:
            self.word.setFocus()
            self.word.selectAll()
        elif way is Way.JOINT:
            self.turn.setFocus()
            self.joint_wanted.emit(None)
        else:
            self.from_left.setFocus()

    def _show_way(self, way: Way) -> None:
        self.ways.setCurrentIndex(way)
        self._words.setVisible(way is Way.WORD)
        self._joint.setVisible(way is Way.JOINT)

    def _order_typed(self) -> None:
        if self._showing:
            return
        self._showing = True
        self.turn.setMaximum(self.seals.value())
        self._showing = False
        self.joint_wanted.emit(self.order)

    def _find(self) -> None:
        word = self.word.text().strip()
        if word:
            self.word_wanted.emit(word, self.number.value(), _BESIDES[self.beside.currentIndex()][0])

    def _typed(self) -> None:
        if not self._showing:
            self.place_wanted.emit(self.page.value() - 1, self.from_left.value(), self.from_top.value())


def _combo(name: str, spoken: str, words: tuple[str, ...]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.addItems(words)
    return box


def _spin(name: str, spoken: str, least: int, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.setRange(least, most)
    _narrow(box)
    return box


def _millimetres(name: str, spoken: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.setRange(0, 2000)
    box.setDecimals(1)
    box.setSingleStep(1.0)
    _narrow(box)
    box.setToolTip(f"{spoken}（毫米）")
    return box


def _narrow(box: QAbstractSpinBox) -> None:
    """Share the row with others instead of asking for room for the largest number."""
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(_LEAST_WIDTH)
    box.lineEdit().setTextMargins(Space.INSIDE, 0, 0, 0)
