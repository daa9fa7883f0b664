"""Acts on one or several rows of a list that need no open document: delete, take back, urge, forward,
register, archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gongwen_client.domain.board import Board, Call
from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.intents import RefusedWish
from gongwen_client.domain.registers import Filing, RegisterEntry
from gongwen_client.domain.rows import DeliveryRow, IncomingRow, SentRow
from gongwen_client.services.lists import titles
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.archive.dialog import ArchiveDialog
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.registers.entry_dialog import EntryDialog
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.tracking.call import CallDialog
from gongwen_client.ui.tracking.levels import LevelChoice
from gongwen_client.ui.tracking.remind import RemindDialog
from gongwen_client.ui.widgets.basics import ElidedLabel, column, label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import Unit
from gongwen_protocol.profile import ReminderLevel
from gongwen_protocol.sentences import sentence

_NAMED = 6


class NamingSheet(Sheet):
    """A dialog about several documents: the consequence first, then their titles."""

    def __init__(
        self, parent: QWidget, name: str, title: str, headline: str, named: Sequence[str], picture: str
    ) -> None:
        super().__init__(parent, name, title, headline, picture=picture)
        self.compact(Size.PANEL + 160)
        lines = [f"《{one}》" if one else "（未填标题的草稿）" for one in named[:_NAMED]]
        if len(named) > _NAMED:
            lines.append(f"……等 {len(named)} 份")
        self.body.addLayout(column(*(ElidedLabel(line, "muted") for line in lines), gap=Space.HAIR))


class DiscardManyDialog(NamingSheet):
    """删除草稿; answers with ``discard_wanted``."""

    discard_wanted = Signal()

    def __init__(self, parent: QWidget, named: Sequence[str]) -> None:
        what = "这份公文" if len(named) == 1 else f"这 {len(named)} 份公文"
        super().__init__(
            parent,
            "discard_dialog",
            "删除",
            f"删除后，{what}的正文、附件和已填内容不能恢复；用印记录留在台账中。",
            named,
            "trash",
        )
        self.add_safe("取消(&C)")
        self.discard_button = self.add_action("删除(&D)", self._discard, kind="danger", name="discard")

    def _discard(self) -> None:
        self.discard_wanted.emit()
        self.accept()


class UrgeManyDialog(NamingSheet):
    """催办: every unit that has not received these documents; answers with ``urge_wanted`` (level, text)."""

    urge_wanted = Signal(object, str)

    def __init__(
        self, parent: QWidget, rows: Sequence[SentRow], levels: Sequence[ReminderLevel], article: str
    ) -> None:
        units = sum(row.waiting for row in rows)
        super().__init__(
            parent,
            "urge_dialog",
            "催办",
            f"催办后，尚未接收的 {units} 个单位的客户端立即提示，交换中心留下签名记录；催办不能收回。",
            titles(rows),
            "urge",
        )
        self.levels = LevelChoice(levels)
        self.levels.choose(ReminderLevel.URGE)
        self.text = QPlainTextEdit("请登录公文交换平台及时接收。")
        self.text.setObjectName("urge_text")
        self.text.setAccessibleName("催办内容")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(Size.ROW * 2)
        self.body.addLayout(
            column(label("级别", "section"), self.levels, label("内容", "section"), self.text)
        )
        if article:
            self.body.addWidget(label(f"依据：{article}", "small"))
        self.add_safe("取消(&C)")
        self.urge_button = self.add_action("确认催办(&U)", self._urge, picture="urge", name="urge")

    def _urge(self) -> None:
        self.urge_button.setEnabled(False)
        self.urge_wanted.emit(self.levels.level, self.text.toPlainText().strip())

    def explain(self, error: GongwenError) -> None:
        self.urge_button.setEnabled(True)
        super().explain(error)


class CloseReturnsDialog(NamingSheet):
    """作废 returns of which nothing more is to be sent; answers with ``close_wanted`` (why)."""

    close_wanted = Signal(str)

    def __init__(self, parent: QWidget, named: Sequence[str]) -> None:
        super().__init__(
            parent,
            "close_returns_dialog",
            "退文作废",
            "作废后不再列为待处理；公文和退文记录都保留，需要时仍可重发或补发更正。",
            named,
            "stop",
        )
        self.why = QPlainTextEdit()
        self.why.setObjectName("close_why")
        self.why.setAccessibleName("作废原因")
        self.why.setPlaceholderText("如：误送，已与该单位核实；该单位已从纸质渠道收到")
        self.why.setTabChangesFocus(True)
        self.why.setFixedHeight(Size.ROW * 2)
        self.body.addLayout(column(label("作废原因（必填，只记在本机）", "section"), self.why))
        self.add_safe("取消(&C)")
        self.close_button = self.add_action("确认作废(&Z)", self._close, name="close_return")
        self.close_button.setEnabled(False)
        self.why.textChanged.connect(lambda: self.close_button.setEnabled(bool(self._words)))

    @property
    def _words(self) -> str:
        return self.why.toPlainText().strip()

    def _close(self) -> None:
        self.close_button.setEnabled(False)
        self.close_wanted.emit(self._words)

    def explain(self, error: GongwenError) -> None:
        self.close_button.setEnabled(True)
        super().explain(error)


class ListActs(QObject):
    """Carries acts out for the lists; ``changed`` when rows may have moved, ``draft_made`` with a draft to go
    on with. ``dialog`` is the open one."""

    changed = Signal()
    draft_made = Signal(object)

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self.dialog: Sheet | None = None
        self._asked: dict[str, DocumentList] = {}

    def look(self) -> None:
        """Whether the exchange has refused meanwhile what was asked for from a list."""
        asked = list(self._asked)
        if asked:
            work(self, lambda: self._office.followup.refused(asked)).then(self._tell_refused).failed(
                lambda _error: None
            ).start()

    def _tell_refused(self, wishes: Sequence[RefusedWish]) -> None:
        for wish in wishes:
            page = self._asked.pop(wish.subject, None)
            if page is not None:
                said, small = words.said_parts(wish.why)
                page.say(
                    f"{terms.ACTS[wish.kind]}没有成功：{said}", "打开公文可以看到经过。", small, Tone.INVALID
                )

    def attach(self, page: DocumentList) -> None:
        """Listen to a list."""
        page.act_wanted.connect(lambda name, rows: self._act(page, name, rows))

    def _act(self, page: DocumentList, name: str, rows: Sequence[Any]) -> None:
        known: dict[str, Callable[[DocumentList, Sequence[Any]], None]] = {
            "discard": self._discard,
            "take_back": self._take_back,
            "urge": self._urge,
            "forward": self._forward,
            "register": self._register,
            "archive": self._archive,
            "close_return": self._close_returns,
        }
        if name in known:
            known[name](page, rows)

    def _discard(self, page: DocumentList, rows: Sequence[Draft]) -> None:
        dialog = DiscardManyDialog(page.window(), titles(rows))
        discard = self._office.drafts.discard
        dialog.discard_wanted.connect(
            lambda: self._each(page, rows, lambda draft: discard(draft.document_id), "已删除 {} 份。")
        )
        self._open(dialog)

    def _take_back(self, page: DocumentList, rows: Sequence[Draft]) -> None:
        take_back = self._office.drafts.take_back
        self._each(page, rows, lambda draft: take_back(draft.document_id), "已退回修改 {} 份，在草稿中。")

    def _urge(self, page: DocumentList, rows: Sequence[SentRow]) -> None:
        if len(rows) == 1:
            self._urge_one(page, rows[0])
            return

        def ask(rules: tuple[tuple[ReminderLevel, ...], str]) -> None:
            dialog = UrgeManyDialog(page.window(), rows, *rules)
            remind = self._office.followup.remind

            def urge(row: SentRow, level: ReminderLevel, text: str) -> None:
                remind(row.document_id, level, text)
                self._asked[row.document_id] = page

            dialog.urge_wanted.connect(
                lambda level, text: self._each(
                    page,
                    rows,
                    lambda row: urge(row, level, text),
                    "已登记对 {} 份公文的催办，自动送出，送达后记入收发记录。",
                    dialog,
                )
            )
            self._open(dialog)

        work(page, self._office.lists.reminder_rules).then(ask).failed(page.notice.explain).start()

    def _urge_one(self, page: DocumentList, sent: SentRow) -> None:
        """The form of the board, with all units of the document."""

        def ask(board: Board) -> None:
            dialog = RemindDialog(page.window(), self._office, sent, [line.row for line in board.lines])
            dialog.accepted.connect(lambda: self._urged(page, sent, board, by_phone=dialog.calls_too))
            self._open(dialog)

        work(page, lambda: self._office.boards.board(sent.document_id)).then(ask).failed(
            page.notice.explain
        ).start()

    def _urged(self, page: DocumentList, sent: SentRow, board: Board, *, by_phone: bool) -> None:
        page.say("已登记催办，自动送出，送达后记入收发记录。", tone=Tone.VALID)
        self.changed.emit()
        if not by_phone:
            return
        unit = board.lines[0].row

        def note(known: tuple[Unit | None, list[Call]]) -> None:
            self._open(CallDialog(page.window(), self._office, sent, unit, *known))

        def look() -> tuple[Unit | None, list[Call]]:
            units = (one for one in self._office.directory.units() if one.code == unit.unit_code)
            calls = self._office.boards.calls(sent.document_id)
            return next(units, None), [call for call in calls if call.unit_code == unit.unit_code]

        work(page, look).then(note).failed(page.notice.explain).start()

    def _forward(self, page: DocumentList, rows: Sequence[IncomingRow]) -> None:
        delivery, begin = rows[0].delivery_id, self._office.forwarding.begin
        work(page, lambda: begin(delivery)).then(self.draft_made.emit).failed(page.notice.explain).start()

    def _register(self, page: DocumentList, rows: Sequence[Any]) -> None:
        """登记承办: the document's line of the register, where the clerk writes who deals with it."""

        def show(entries: Sequence[RegisterEntry]) -> None:
            dialog = EntryDialog(page.window(), self._office, entries[0])
            dialog.changed.connect(self.changed)
            self._open(dialog)

        self._with_entries(page, rows[:1], show)

    def _archive(self, page: DocumentList, rows: Sequence[Any]) -> None:
        """归档: the lines of these documents that are not archived yet."""

        def show(entries: Sequence[RegisterEntry]) -> None:
            open_ones = [one for one in entries if one.filing is Filing.REGISTERED]
            if not open_ones:
                page.say("所选公文都已归档。", "重新导出归档包请到“归档”的“已归档”。")
                return
            dialog = ArchiveDialog(page.window(), self._office, open_ones, again=False)
            dialog.done_with.connect(self.changed)
            self._open(dialog)

        self._with_entries(page, rows, show)

    def _close_returns(self, page: DocumentList, rows: Sequence[tuple[SentRow, DeliveryRow]]) -> None:
        dialog = CloseReturnsDialog(page.window(), titles(rows))
        close = self._office.followup.close_returns
        dialog.close_wanted.connect(
            lambda why: self._each(
                page, rows, lambda pair: close((pair[1],), why), "已作废 {} 份退文。", dialog
            )
        )
        self._open(dialog)

    def _with_entries(
        self, page: DocumentList, rows: Sequence[Any], show: Callable[[Sequence[RegisterEntry]], None]
    ) -> None:
        registers = self._office.registers

        def look() -> list[RegisterEntry]:
            found = [
                registers.of_delivery(row.delivery_id)
                if isinstance(row, IncomingRow)
                else registers.of_document(row.document_id)
                for row in rows
            ]
            return [entry for entry in found if entry is not None]

        def came(entries: list[RegisterEntry]) -> None:
            if entries:
                show(entries)
            else:
                page.say("所选公文还没有登记。", "接收或发送送达交换中心后自动登记。", tone=Tone.WARNING)

        work(page, look).then(came).failed(page.notice.explain).start()

    def _open(self, dialog: Sheet) -> None:
        self.dialog = dialog
        dialog.finished.connect(lambda _result: self._closed(dialog))
        dialog.open()

    def _closed(self, dialog: Sheet) -> None:
        if self.dialog is dialog:
            self.dialog = None

    def _each(
        self,
        page: DocumentList,
        rows: Sequence[Any],
        act: Callable[[Any], object],
        done_words: str,
        dialog: NamingSheet | None = None,
    ) -> None:
        """One after the other; what is refused is told with the first reason, the others stay done. A
        ``dialog`` in which something was typed stays open when nothing could be done."""

        def job() -> tuple[int, GongwenError | None]:
            done, refused = 0, None
            for row in rows:
                try:
                    act(row)
                    done += 1
                except GongwenError as error:
                    refused = refused or error
            return done, refused

        def told(outcome: tuple[int, GongwenError | None]) -> None:
            done, refused = outcome
            if dialog is not None and shiboken6.isValid(dialog):
                if refused is not None and not done:
                    dialog.explain(refused)
                    return
                dialog.accept()
            if refused is not None:
                why = sentence(refused)
                page.say(
                    f"{done_words.format(done)}另有 {len(rows) - done} 份未能完成：{why.what}",
                    why.do,
                    " · ".join(filter(None, (why.rule, why.code))),
                    Tone.WARNING,
                )
            else:
                page.say(done_words.format(done), tone=Tone.VALID)
            self.changed.emit()

        work(page, job).then(told).failed(page.notice.explain).start()
