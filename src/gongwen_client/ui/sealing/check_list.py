"""The checks before a seal is used, each with its sign, and the reasons where one does not pass."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from gongwen_client.services.seal_checks import CheckStatus, SealCheck
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import step_line
from gongwen_client.ui.widgets.basics import column, label
from gongwen_client.ui.words import StateWord

_STATES = {
    CheckStatus.PASSED: StateWord("通过", "check", Tone.VALID),
    CheckStatus.HINT: StateWord("提示", "warning", Tone.WARNING),
    CheckStatus.UNCHECKED: StateWord("未能检查", "unknown", Tone.NEUTRAL),
    CheckStatus.REFUSED: StateWord("不能用印", "invalid", Tone.INVALID),
}
_ORDER = (CheckStatus.REFUSED, CheckStatus.UNCHECKED, CheckStatus.HINT)


class CheckList(QWidget):
    """What stops the seal stands first, what passed in one line at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = True
        """Whether any check stops the seal; so until the checks have come."""
        self._layout = column(gap=Space.INSIDE)
        self._layout.addWidget(label("插入秘钥盘后逐项检查", "muted"))
        self.setLayout(self._layout)

    def show_checks(self, checks: Sequence[SealCheck]) -> None:
        """Replace all lines."""
        while (item := self._layout.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.refused = any(check.status is CheckStatus.REFUSED for check in checks)
        others = [check for check in checks if check.status is not CheckStatus.PASSED]
        for check in sorted(others, key=lambda check: _ORDER.index(check.status)):
            self._layout.addWidget(step_line(_STATES[check.status], check.title, _note(check)))
        passed = [check.title for check in checks if check.status is CheckStatus.PASSED]
        if passed:
            title = f"{len(passed)} 项通过" if others else f"{len(passed)} 项全部通过"
            self._layout.addWidget(step_line(_STATES[CheckStatus.PASSED], title, "、".join(passed)))


def _note(check: SealCheck) -> str:
    words = check.sentence
    if words is None:
        return ""
    source = " · ".join(part for part in (words.rule, words.code) if part)
    return f"{words.what}{words.do}（{source}）"
