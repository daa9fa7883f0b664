"""涉密核对: every hit with its place on the page, the rule and why; the reason, and a second person."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from gongwen_client.domain.draft_record import SecrecyHit, Source
from gongwen_client.domain.drafts import Draft, LocalFile
from gongwen_client.services.office import Office
from gongwen_client.services.secrecy_guard import hit_sentence, is_unread
from gongwen_client.ui import words
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.drawing import open_drawing
from gongwen_client.ui.viewer.pieces import Piece
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.dialog import Sheet, boxed
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError

_REFUSED = StateWord("不得交换", "stop", Tone.INVALID)
_DOUBTFUL = StateWord("待核对", "warning", Tone.WARNING)
_UNREAD = StateWord("无法检查", "unknown", Tone.NEUTRAL)
_SOURCES: Mapping[Source, str] = {
    Source.ELEMENTS: "要素",
    Source.NAME: "文件名",
    Source.BODY: "正文",
    Source.METADATA: "文件属性",
    Source.ATTACHMENT: "附件",
}
_CROP_DPI = 100.0
_CROP = (390, 150)


class SecrecyDialog(Sheet):
    """``changed(draft)`` when something was declared or confirmed; ``place_wanted(hit)`` shows a hit on its
    page."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None, office: Office, draft: Draft, *, second_person: bool) -> None:
        super().__init__(
            parent,
            "secrecy_dialog",
            "涉密核对",
            "平台不得交换涉及国家秘密和工作秘密的内容。请逐处核对；说明和确认随发文记录保存。",
            picture="warning",
            tone="warning",
        )
        self.resize(960, 700)
        self._office = office
        self.draft = draft
        self._second = second_person
        columns: tuple[Column[SecrecyHit], ...] = (
            Column("判断", lambda _hit: "", 104, state=_state),
            Column("位置", _where, 150, most=240),
            Column("内容", _content),
        )
        self.table = RowTable(RowModel(columns, _identity), "hits", "涉密字样")
        self.table.setSortingEnabled(False)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._show_hit())
        self._picture = QLabel()
        self._picture.setFixedSize(*_CROP)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName("所在页面局部")
        self._what = label("", "strong", wrap=True)
        self._do = label("", "muted", wrap=True)
        self._rule = label("", "small", wrap=True)
        self.reason = QPlainTextEdit()
        self.reason.setObjectName("secrecy_reason")
        self.reason.setAccessibleName("核对说明")
        self.reason.setPlaceholderText("例如：本文部署保密工作，只提及字样，不含国家秘密和工作秘密内容。")
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(64)
        self.reason.textChanged.connect(self._typed)
        self._said = label("", "small", wrap=True)
        self._lay_out()
        self.show_draft(draft)

    def _lay_out(self) -> None:
        right: QVBoxLayout = column(boxed(self._picture), self._what, self._do, self._rule, None)
        side = holder(right)
        side.setFixedWidth(_CROP[0] + 4)
        top = row(gap=Space.GROUP)
        top.addWidget(boxed(self.table), 1)
        top.addWidget(side)
        self.body.addLayout(top, 1)
        self.body.addWidget(label("核对说明", "section"))
        self.body.addWidget(self.reason)
        self.body.addWidget(self._said)
        self._witness = self._second_person()
        self.body.addWidget(self._witness)
        self.add_safe("关闭(&C)")
        self.declare_button = self.add_action("已逐处核对，提交说明(&Y)", self._declare, name="declare")

    def _second_person(self) -> QWidget:
        self.account = QLineEdit()
        self.account.setObjectName("second_account")
        self.account.setAccessibleName("第二人账号")
        self.password = QLineEdit()
        self.password.setObjectName("second_password")
        self.password.setAccessibleName("第二人密码")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        for field in (self.account, self.password):
            field.setFixedHeight(Size.CONTROL)
            field.textChanged.connect(lambda _text: self._typed())
        self.password.returnPressed.connect(self._confirm)
        self.confirm_button = button("第二人确认(&Q)", self._confirm, picture="check", name="confirm_second")
        others = row(gap=Space.INSIDE)
        for caption, field in (("第二人账号", self.account), ("第二人密码", self.password)):
            head = label(caption, "small")
            head.setBuddy(field)
            others.addLayout(column(head, field, gap=2), 1)
        self._other_account = holder(others)
        line = row(gap=Space.INSIDE)
        line.addWidget(self._other_account, 1)
        self.confirm_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        line.addWidget(self.confirm_button, 0, Qt.AlignmentFlag.AlignBottom)
        line.addStretch()
        hint = "由本单位另一人核对后用自己的账号确认，也可以在其登录后办理盖章或发送时确认。"
        return holder(column(label("第二人确认", "section"), line, label(hint, "small")))

    # -- showing ----------------------------------------------------------------------------------------

    def show_draft(self, draft: Draft) -> None:
        """The hits, and what has been said about them."""
        self.draft = draft
        self.table.show_rows(draft.record.hits)
        said = draft.record.declaration
        if said is not None and not self.reason.toPlainText():
            self.reason.setPlainText(said.reason)
        lines = []
        if said is not None:
            lines.append(f"{said.by.post}（{said.by.account}）{words.when(said.by.at)} 已说明")
            if said.confirmed is not None:
                second = said.confirmed
                lines.append(f"{second.post}（{second.account}）{words.when(second.at)} 已确认")
        self._said.setText("；".join(lines))
        self._said.setVisible(bool(lines))
        open_second = said is not None and said.confirmed is None
        another = self._own(draft) is False
        self._witness.setVisible(open_second and (self._second or another))
        self._other_account.setVisible(not another)
        self.confirm_button.setText("本人已核对，确认(&Q)" if another else "第二人确认(&Q)")
        refused = any(hit.refused for hit in draft.record.hits)
        self.reason.setEnabled(not refused)
        self.declare_button.setVisible(not refused)
        self._typed()
        self._show_hit()

    def _own(self, draft: Draft) -> bool | None:
        """Whether the person here wrote the declaration; None where there is none."""
        said, session = draft.record.declaration, self._office.login.session
        return None if said is None or session is None else said.by.account == session.account

    def _typed(self) -> None:
        said = self.draft.record.declaration
        reason = self.reason.toPlainText().strip()
        self.declare_button.setEnabled(bool(reason) and (said is None or said.reason != reason))
        here = self._own(self.draft) is False
        typed = bool(self.account.text() and self.password.text())
        self.confirm_button.setEnabled(said is not None and (typed or here))

    def _show_hit(self) -> None:
        hit = self.table.chosen()
        if not isinstance(hit, SecrecyHit):
            return
        said = hit_sentence(hit)
        self._what.setText(said.what)
        self._do.setText(said.do)
        self._rule.setText(" · ".join(filter(None, (said.rule, said.code))))
        file = self._file(hit)
        if file is None or hit.page is None:
            self._picture.setPixmap(QPixmap())
            self._picture.setText("没有可显示的页面")
            return
        self._picture.setText("正在取页面")
        work(self, lambda: self._crop(file, hit)).then(lambda image: self._show_crop(hit, image)).failed(
            self._no_crop
        ).start()

    def _file(self, hit: SecrecyHit) -> LocalFile | None:
        files = (self.draft.body, *self.draft.attachments)
        return next((file for file in files if file is not None and file.digest == hit.digest), None)

    def _crop(self, file: LocalFile, hit: SecrecyHit) -> QImage:
        assert hit.page is not None
        drawing = open_drawing(self._office, file.path)
        size = drawing.sizes[hit.page]
        wide, high = _CROP[0] / _CROP_DPI * 25.4, _CROP[1] / _CROP_DPI * 25.4
        if hit.box is None:
            return drawing.draw(Piece(hit.page, _CROP[1] / size.height * 25.4, None))
        x, y, width, height = hit.box
        left = min(max(0.0, x + width / 2 - wide / 2), max(0.0, size.width - wide))
        top = min(max(0.0, y + height / 2 - high / 2), max(0.0, size.height - high))
        rect = (left, top, min(wide, size.width), min(high, size.height))
        image = drawing.draw(Piece(hit.page, _CROP_DPI, rect))
        painter = QPainter(image)
        tint = QColor(colour("invalid" if hit.refused else "warning"))
        painter.setPen(QPen(tint, 2))
        scale = _CROP_DPI / 25.4
        painter.drawRect(
            round((x - left) * scale) - 3,
            round((y - top) * scale) - 3,
            round(width * scale) + 6,
            round(height * scale) + 6,
        )
        painter.end()
        return image

    def _show_crop(self, hit: SecrecyHit, image: QImage) -> None:
        if self.table.chosen() == hit:
            self._picture.setPixmap(QPixmap.fromImage(image))

    def _no_crop(self, _error: GongwenError) -> None:
        self._picture.setText("这一页未能显示")

    # -- acts -------------------------------------------------------------------------------------------

    def _declare(self) -> None:
        document, reason = self.draft.document_id, self.reason.toPlainText()
        self.declare_button.setEnabled(False)
        work(self, lambda: self._office.secrecy.declare(document, reason)).then(self._declared).failed(
            self._not_taken
        ).start()

    def _declared(self, draft: Draft) -> None:
        self._kept(draft)
        if not self._second:
            self.accept()

    def _confirm(self) -> None:
        document, secrecy = self.draft.document_id, self._office.secrecy
        account, password = self.account.text().strip(), self.password.text()
        self.confirm_button.setEnabled(False)

        def run() -> Draft:
            return secrecy.confirm(document, account, password) if account else secrecy.confirm_here(document)

        work(self, run).then(self._confirmed).failed(self._not_taken).start()

    def _confirmed(self, draft: Draft) -> None:
        self._kept(draft)
        self.accept()

    def _kept(self, draft: Draft) -> None:
        self.problem.clear()
        self.password.clear()
        self.show_draft(draft)
        self.changed.emit(draft)

    def _not_taken(self, error: GongwenError) -> None:
        self.explain(error)
        self._typed()


def _content(hit: SecrecyHit) -> str:
    found = hit.context or hit.mark or hit.name
    return f"程序读不出{found}" if is_unread(hit) else found


def _identity(hit: SecrecyHit) -> str:
    return f"{hit.digest}|{hit.rule}|{hit.page}|{hit.box}|{hit.context}|{hit.name}"


def _state(hit: SecrecyHit) -> StateWord:
    if hit.refused:
        return _REFUSED
    return _UNREAD if is_unread(hit) else _DOUBTFUL


def _where(hit: SecrecyHit) -> str:
    place = _SOURCES[hit.source]
    if hit.source is Source.ATTACHMENT:
        place = f"附件“{hit.name}”"
    return place if hit.page is None else f"{place}第 {hit.page + 1} 页"
