"""Step 1: the exchange's address, whether it can be reached, and whether it is the right one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QLineEdit

from gongwen_client.services.first_run import Introduction, Step, introduce
from gongwen_client.services.office import Office
from gongwen_client.ui.diagnostics.checks import CheckCard
from gongwen_client.ui.first_run.step import StepPage
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_crypto.errors import GongwenError

_LINE = 8


class ExchangeStep(StepPage):
    """``open_office(address)`` writes the settings and opens the office; it runs in the background."""

    def __init__(self, address: str, open_office: Callable[[str], Office]) -> None:
        super().__init__(
            Step.EXCHANGE,
            "连接交换中心",
            "填写管理员给的地址，测试能不能连通；再打电话核对指纹，防止连到假的交换中心。",
        )
        self._open_office = open_office
        self.introduction: Introduction | None = None
        self.address = QLineEdit(address)
        self.address.setObjectName("address")
        self.address.setAccessibleName("交换中心地址")
        self.address.setPlaceholderText("例如 gongwen.example.gov.cn")
        self.test_button = button("测试连接(&T)", self.test, kind="primary", name="test_connection")
        self.address.returnPressed.connect(self.test)
        self.address.textChanged.connect(lambda _text: self._forget())
        self.card = CheckCard("连接测试")
        self.card.hide()
        self.fingerprint = label("", "strong")
        self.fingerprint.setObjectName("fingerprint")
        self.agreed = QCheckBox("已向平台管理员核对指纹，逐组一致")
        self.agreed.setObjectName("agreed")
        self.agreed.toggled.connect(self.set_ready)
        self._who = label("", "muted", wrap=True)
        compare = column(self._who, self.fingerprint, self.agreed, gap=Space.INSIDE)
        self._compare = holder(compare)
        self._compare.hide()
        self.body.addWidget(label("交换中心地址", "small"))
        line = row(gap=Space.INSIDE)
        line.addWidget(self.address, 1)
        line.addWidget(self.test_button)
        self.body.addLayout(line)
        area = Scrolled(holder(column(self.card, self._compare, None, gap=Space.ROW)))
        area.setAccessibleName("连接测试结果")
        self.rest.addWidget(area, 1)

    def begin(self, office: Office | None) -> None:
        super().begin(office)
        held = office.first_run.fingerprint() if office is not None else ""
        if office is not None:
            self.address.setText(office.settings.server_url)
            self.address.setReadOnly(True)
        if held:
            self._say_fingerprint("本机已记下的交换中心证书指纹：", held)
            self.agreed.hide()
            self.set_ready(True)
        self.address.setFocus()

    def test(self) -> None:
        """Look at the exchange; nothing is kept yet."""
        address = self.address.text()
        if not address.strip() or not self.test_button.isEnabled():
            return
        self.notice.clear()
        self.card.show()
        self.card.begin()
        self.test_button.setEnabled(False)
        work(self, lambda: introduce(address)).always(lambda: self.test_button.setEnabled(True)).then(
            self._introduced
        ).failed(self._failed).start()

    def _introduced(self, introduction: Introduction) -> None:
        self.introduction = introduction
        self.card.show_checks(introduction.checks)
        if introduction.info is not None and not self.ready:
            self._say_fingerprint(
                f"“{introduction.info.name}”的证书指纹，请与平台管理员核对：", introduction.fingerprint
            )
            self.agreed.setFocus()

    def _failed(self, error: GongwenError) -> None:
        self.card.hide()
        self.notice.explain(error)

    def _say_fingerprint(self, who: str, digits: str) -> None:
        groups = digits.split(" ")
        lines = (" ".join(groups[at : at + _LINE]) for at in range(0, len(groups), _LINE))
        self._who.setText(who)
        self.fingerprint.setText("\n".join(lines))
        self._compare.show()

    def _forget(self) -> None:
        if self.office is None:
            self.introduction = None
            self.agreed.setChecked(False)
            self._compare.hide()
            self.card.hide()

    def keep(self, done: Callable[[Office], None]) -> None:
        """Write the address down, open the office, hold to the certificate; then ``done(office)``."""
        shown, office = self.introduction, self.office
        if office is not None and (shown is None or office.first_run.pinned()):
            done(office)
            return
        assert shown is not None, "an exchange was met before it is kept"

        def begin() -> Office:
            opened = office or self._open_office(shown.address)
            try:
                opened.first_run.hold_to(shown)
            except GongwenError:
                if office is None:
                    opened.stop()
                raise
            return opened

        self.set_ready(False)
        work(self, begin).then(done).failed(self._not_kept).start()

    def _not_kept(self, error: GongwenError) -> None:
        self.notice.explain(error)
        self.set_ready(self.agreed.isChecked())
