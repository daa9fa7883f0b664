"""While the training exchange is made: what is being done, and a way out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from gongwen_client.services.office import Office
from gongwen_client.services.training import Training, TrainingTicket, training_office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import button, column, glyph, label, row
from gongwen_client.ui.widgets.notice import Notice
from gongwen_crypto.errors import GongwenError

_WIDTH = 460


class PreparingWindow(QWidget):
    """``ready(Office, TrainingTicket)`` once there is a training exchange; ``closed`` when the person has had
    enough of waiting."""

    ready = Signal(object, object)
    closed = Signal()

    def __init__(self, training: Training) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle("练习 · 公文交换")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._training = training
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("正在准备练习环境")
        self.problem = Notice("problem")
        self.again_button = button("清空并重新开始(&R)", self.begin_anew, name="begin_anew")
        self.again_button.hide()
        head = row(glyph("training", "warning", 32), gap=Space.ROW)
        head.addLayout(
            column(label("正在准备练习环境", "title"), label("示例单位、示例印章和示例公文", "muted"), gap=0),
            1,
        )
        said = "第一次需要半分钟左右：建立本机练习用的交换中心，制作示例印章，发来两份示例公文。"
        buttons = row(None, self.again_button, button("取消(&C)", self.close, name="cancel"))
        inside = column(gap=Space.GROUP, margins=(Space.SECTION,) * 4)
        inside.addLayout(head)
        inside.addWidget(label(said, wrap=True))
        inside.addWidget(self.progress)
        inside.addWidget(self.problem)
        inside.addLayout(buttons)
        self.setLayout(inside)
        self.setFixedWidth(_WIDTH)

    def begin(self) -> None:
        """Make it, or serve the one that was made before."""
        self.progress.show()
        self.problem.clear()
        self.again_button.hide()
        work(self, self._open).then(self._opened).failed(self._failed).start()

    def begin_anew(self) -> None:
        """Throw away what was done, and make it again."""
        self._training.forget()
        self.begin()

    def _open(self) -> tuple[Office, TrainingTicket]:
        ticket = self._training.start()
        try:
            return training_office(ticket), ticket
        except GongwenError:
            self._training.stop()
            raise

    def _opened(self, made: tuple[Office, TrainingTicket]) -> None:
        self.ready.emit(*made)

    def _failed(self, error: GongwenError) -> None:
        self.progress.hide()
        self.again_button.show()
        self.problem.explain(error)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()
