"""The photograph that a receiver sent with a request."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.board import OpenRequest
from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.widgets.basics import button, label
from gongwen_client.ui.widgets.dialog import Sheet, boxed
from gongwen_client.ui.widgets.pixels import fitted
from gongwen_crypto.errors import GongwenError
from gongwen_docs.draw.results import Pixels

_ROOM = QSize(720, 440)


class PhotographDialog(Sheet):
    """Asks the exchange for it and shows it; what it shows is the unit's word, not evidence."""

    def __init__(self, parent: QWidget | None, office: Office, one: OpenRequest) -> None:
        super().__init__(
            parent,
            "photograph_dialog",
            "所附照片",
            f"「{one.row.unit_name}」申请{terms.request(one.request)}时所附：{one.request.reason}",
            picture="file",
        )
        self.pixels: Pixels | None = None
        self.picture = label("", "muted")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setFixedSize(_ROOM)
        self.picture.setAccessibleName("申请单位所附照片")
        self.body.addWidget(boxed(self.picture))
        self._office, self._request = office, one.request.request_id
        self.again_button = button("重新取照片(&R)", self._fetch, picture="refresh", name="photograph_again")
        self.buttons.addWidget(self.again_button)
        self.add_safe("关闭(&C)")
        self._fetch()

    def _fetch(self) -> None:
        self.again_button.hide()
        self.problem.clear()
        self.picture.setText("正在取照片…")
        office, request = self._office, self._request
        work(self, lambda: office.photographs.of_request(request)).then(self._show).failed(
            self._failed
        ).start()

    def _show(self, pixels: Pixels) -> None:
        self.pixels = pixels
        self.picture.setPixmap(fitted(pixels, _ROOM, self.devicePixelRatioF()))

    def _failed(self, error: GongwenError) -> None:
        self.picture.setText("照片没有取到")
        self.again_button.show()
        self.explain(error)
