"""与正文核对: who is missing, who is too many; one click puts it right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gongwen_client.domain.comparison import Comparison, Missing, Unclear
from gongwen_client.ui import words
from gongwen_client.ui.compose.unit_tree import OBSTACLES
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import step_line
from gongwen_client.ui.widgets.basics import button, column, row
from gongwen_client.ui.words import StateWord
from gongwen_protocol.messages import Recipient, RecipientRole, Unit

AGREES = StateWord("一致", "check", Tone.VALID)
_MISSING = StateWord("漏选", "warning", Tone.WARNING)
_EXTRA = StateWord("多选", "warning", Tone.WARNING)
_ROLE = StateWord("不一致", "warning", Tone.WARNING)
_UNCLEAR = StateWord("待核对", "unknown", Tone.NEUTRAL)
_BLOCKED = StateWord("不能送达", "stop", Tone.INVALID)
_NAMED = 6


class ComparisonView(QWidget):
    """``add_wanted(codes, role)``, ``remove_wanted(codes)``, ``role_wanted(codes, role)``."""

    add_wanted = Signal(object, object)
    remove_wanted = Signal(object)
    role_wanted = Signal(object, object)

    def __init__(self, *, changes: bool = True) -> None:
        super().__init__()
        self._changes = changes
        self._units: Mapping[str, Unit] = {}
        self._lines: QVBoxLayout = column(gap=Space.INSIDE)
        self.setLayout(self._lines)
        self.comparison = Comparison()

    def show_comparison(self, comparison: Comparison, units: Mapping[str, Unit]) -> None:
        """Replace what is said."""
        self.comparison, self._units = comparison, units
        while (old := self._lines.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line in self._said(comparison):
            self._lines.addWidget(line)

    def _said(self, found: Comparison) -> list[QWidget]:
        if not found.compared:
            return [step_line(_UNCLEAR, "正文没有可识别的主送、抄送机关，请人工核对接收单位")]
        if found.agrees:
            return [step_line(AGREES, f"所选 {found.matched} 个单位与正文主送、抄送一致")]
        lines = [
            self._missing(role, [one for one in found.missing if one.role is role and not one.obstacle])
            for role in RecipientRole
        ]
        lines += [self._blocked(one) for one in found.missing if one.obstacle][:_NAMED]
        lines.append(self._extra(found))
        lines += [self._other_role(role, found) for role in RecipientRole]
        lines += [self._unclear(one) for one in found.unclear if one.choices]
        lines += [
            self._unknown(role, [one for one in found.unclear if one.role is role]) for role in RecipientRole
        ]
        return [line for line in lines if line is not None]

    def _missing(self, role: RecipientRole, missing: Sequence[Missing]) -> QWidget | None:
        if not missing:
            return None
        codes = [one.unit.code for one in missing]
        title = f"正文{words.ROLES[role]}有而未选：{_names([one.unit.name for one in missing])}"
        act = button(f"加入 {len(codes)} 个{words.ROLES[role]}", kind="link", name=f"add_{role.value}")
        act.clicked.connect(lambda: self.add_wanted.emit(codes, role))
        return self._line(_MISSING, title, act)

    def _blocked(self, one: Missing) -> QWidget:
        note = f"{OBSTACLES[one.obstacle]}，请用其他途径送达纸质公文"
        return step_line(_BLOCKED, f"正文有而不能联网送达：{one.unit.name}", note)

    def _extra(self, found: Comparison) -> QWidget | None:
        if not found.extra:
            return None
        codes = [one.unit_code for one in found.extra]
        act = button(f"移除 {len(codes)} 个", kind="link", name="remove_extra")
        act.clicked.connect(lambda: self.remove_wanted.emit(codes))
        vague = "、".join(f"“{one.phrase}”" for one in found.unknown_groups)
        note = f"可能属于{vague}，请核对" if vague else ""
        return self._line(_EXTRA, f"已选而正文没有：{self._named(found.extra)}", act, note)

    def _other_role(self, role: RecipientRole, found: Comparison) -> QWidget | None:
        """Those that the text has as ``role`` and the choice as the other."""
        others = [one for one in found.other_role if one.role is not role]
        if not others:
            return None
        codes = [one.unit_code for one in others]
        act = button(f"改为{words.ROLES[role]}", kind="link", name=f"role_{role.value}")
        act.clicked.connect(lambda: self.role_wanted.emit(codes, role))
        return self._line(_ROLE, f"正文列为{words.ROLES[role]}：{self._named(others)}", act)

    def _unclear(self, one: Unclear) -> QWidget:
        role = words.ROLES[one.role]
        acts = []
        for unit in one.choices[:3]:
            act = button(unit.name, kind="link")
            act.setAccessibleName(f"加入 {unit.name}")
            act.clicked.connect(lambda _on=False, code=unit.code: self.add_wanted.emit([code], one.role))
            acts.append(act)
        note = (
            "" if len(one.choices) <= 3 else f"另有 {len(one.choices) - 3} 个名称相近，请在“选择单位”中选定"
        )
        line = self._line(_UNCLEAR, f"正文{role}“{one.phrase}”是哪个单位", None, note)
        if self._changes:
            layout = line.layout()
            assert layout is not None
            layout.addItem(column(*acts, gap=0, margins=(26, 0, 0, 0)))
        return line

    def _unknown(self, role: RecipientRole, unclear: Sequence[Unclear]) -> QWidget | None:
        phrases = [one.phrase for one in unclear if not one.choices]
        if not phrases:
            return None
        title = f"正文{words.ROLES[role]}在通讯录中没有对应：{_names(phrases)}"
        return step_line(_UNCLEAR, title, "未加入平台的单位请用其他途径送达纸质公文；已加入的请手工选定")

    def _line(self, state: StateWord, title: str, act: QWidget | None, note: str = "") -> QWidget:
        holder = QWidget()
        inside = column(step_line(state, title, note), gap=0)
        if self._changes and act is not None:
            inside.addLayout(row(22, act, None))
        elif act is not None:
            act.deleteLater()
        holder.setLayout(inside)
        return holder

    def _named(self, recipients: Sequence[Recipient]) -> str:
        found = (self._units.get(one.unit_code) for one in recipients)
        codes = (one.unit_code for one in recipients)
        return _names([unit.name if unit else code for unit, code in zip(found, codes, strict=True)])


def _names(names: Sequence[str]) -> str:
    shown = "、".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown}等 {len(names)} 个"
