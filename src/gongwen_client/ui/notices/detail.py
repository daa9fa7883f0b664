"""A notice in full: what it says, what it means for what was sent, how it was checked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gongwen_client.domain.notices import Affected, Impact, NoticeCard
from gongwen_client.ui import words
from gongwen_client.ui.notices.wording import KINDS, day_time, services, span, state_of
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList, Section, card
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_protocol.announcements import NoticeKind
from gongwen_protocol.sentences import Sentence

_MOST_UNITS = 40


class NoticeDetail(QFrame):
    """``document_wanted`` names a sent document: its board has 转纸质."""

    document_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._inside: QVBoxLayout = column(
            gap=Space.GROUP, margins=(Space.SECTION, Space.GROUP, Space.SECTION, Space.SECTION)
        )
        self.setLayout(column(Scrolled(holder(self._inside)), gap=0))

    def show_card(self, shown: NoticeCard, impact: Impact | None, problem: Sentence | None = None) -> None:
        """One notice. ``problem``: why it must not be acted upon, where it came as a file."""
        notice = shown.notice
        kind, state = KINDS[notice.kind], state_of(shown)
        title = label(notice.title, "title", wrap=True)
        title.setObjectName("notice_title")
        marks = row(Chip(kind), Chip(state), gap=Space.GROUP)
        marks.addStretch(1)
        parts: list[QWidget] = [holder(column(title, marks, gap=Space.INSIDE))]
        if problem is not None:
            warning = Notice("notice_problem")
            warning.say(problem, Tone.INVALID)
            parts.append(warning)
        if notice.outage is not None:
            facts = FactList(
                (
                    ("停机时间", span(notice.outage)),
                    ("影响范围", services(notice.outage)),
                    ("应对措施", notice.outage.measures),
                    ("联系", notice.outage.contact),
                )
            )
            parts.append(card(facts))
        text = label(notice.text, wrap=True)
        text.setObjectName("notice_text")
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        parts.append(text)
        if impact is not None:
            parts.extend(self._impact(impact))
        parts.append(Section("签发", _source(shown, believed=problem is None)))
        self._fill(parts)

    def _impact(self, impact: Impact) -> list[QWidget]:
        over = impact.card.notice.kind is NoticeKind.RECOVERY or impact.card.ended_by is not None
        parts: list[QWidget] = []
        if over and impact.on_paper:
            lines = [
                self._line(one, "纸质已到" if one.paper_arrived_at else "纸质未登记到件")
                for one in impact.on_paper
            ]
            hint = label(
                "停机期间以下公文改用纸质或其他途径送达。请与接收单位核对：电子件是否也已收到，是否重复登记、重复办理。",
                "muted",
                wrap=True,
            )
            parts.append(Section(f"恢复后需要核对（{len(impact.on_paper)} 件次）", hint, *lines))
        if impact.waiting:
            parts.append(self._waiting(impact.waiting, over=over))
        elif not over:
            parts.append(
                Section(
                    "对本单位发文的影响",
                    label("本单位已发的公文都已接收，没有受影响的。", "muted", wrap=True),
                )
            )
        if impact.unsent:
            titles = [label(f"《{title}》", wrap=True) for title in impact.unsent[:_MOST_UNITS]]
            hint = label("尚未发出，恢复后自动继续发送；时间来不及的请先用其他途径送达。", "muted", wrap=True)
            parts.append(Section(f"待发公文（{len(impact.unsent)} 件）", hint, *titles))
        return parts

    def _waiting(self, waiting: Sequence[Affected], *, over: bool) -> QWidget:
        """By unit: what it has not received yet."""
        by_unit = [(name, list(found)) for name, found in groupby(waiting, key=lambda one: one.unit_name)]
        documents = len({one.document_id for one in waiting})
        said = "可以催办" if over else "急用的请转其他途径（纸质）送达，并在公文中登记"
        hint = label(f"{len(by_unit)} 个单位还没有接收 {documents} 件公文；{said}。", "muted", wrap=True)
        lines: list[QWidget] = [hint]
        for name, found in by_unit[:_MOST_UNITS]:
            lines.append(label(f"{name}（{len(found)} 件）", "strong", wrap=True))
            lines.extend(
                self._line(one, words.DELIVERY_STATES[one.state].word, "打开公文" if over else "转其他途径")
                for one in found
            )
        if len(by_unit) > _MOST_UNITS:
            lines.append(label(f"另有 {len(by_unit) - _MOST_UNITS} 个单位，见“已发公文”。", "small"))
        return Section("对本单位发文的影响", *lines)

    def _line(self, one: Affected, state: str, act_word: str = "打开公文") -> QWidget:
        urgent = f"〔{one.urgency}〕" if one.urgency else ""
        title = label(f"{urgent}《{one.title}》", wrap=True)
        said = label(f"{one.unit_name} · {day_time(one.sent_at)} 发送 · {state}", "small", wrap=True)
        act = button(
            act_word, lambda: self.document_wanted.emit(one.document_id), kind="link", name="open_affected"
        )
        act.setAccessibleName(f"{act_word}：《{one.title}》{one.unit_name}")
        line = row(gap=Space.GROUP)
        line.addLayout(column(title, said, gap=0), 1)
        line.addWidget(act, 0, Qt.AlignmentFlag.AlignTop)
        return holder(line)

    def _fill(self, parts: Sequence[QWidget]) -> None:
        while (item := self._inside.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for part in parts:
            self._inside.addWidget(part)
            part.show()
        self._inside.addStretch(1)


def _source(shown: NoticeCard, *, believed: bool) -> QWidget:
    notice = shown.notice
    way = "通知文件（U 盘或邮件）" if shown.by_file else "交换中心下发"
    checked = "由本机核实，签名正确" if believed else "未通过本机核实"
    return FactList(
        (
            ("签发", f"{notice.exchange} · {notice.issued_by}"),
            ("时间", words.stamp(notice.issued_at)),
            ("有效期至", words.stamp(notice.valid_until)),
            ("来源", way),
            ("签名", checked),
            ("编号", notice.notice_id),
        )
    )
