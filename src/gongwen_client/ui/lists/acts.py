"""Acts on one or several rows of a list that need no open document: delete, take back, urge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.intents import RefusedWish
from gongwen_client.domain.rows import SentRow
from gongwen_client.services.lists import titles
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.tracking.levels import LevelChoice
from gongwen_client.ui.widgets.basics import ElidedLabel, column, label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError
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


class ListActs(QObject):
    """Carries acts out for the lists; ``changed`` when rows may have moved. ``dialog`` is the open one."""

    changed = Signal()

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self.dialog: NamingSheet | None = None
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
                    "已对 {} 份公文提出催办，送达后记入收发记录。",
                    dialog,
                )
            )
            self._open(dialog)

        work(page, self._office.lists.reminder_rules).then(ask).failed(page.notice.explain).start()

    def _open(self, dialog: NamingSheet) -> None:
        self.dialog = dialog
        dialog.finished.connect(lambda _result: self._closed(dialog))
        dialog.open()

    def _closed(self, dialog: NamingSheet) -> None:
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
