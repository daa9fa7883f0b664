"""How large the document is against what the region allows, before a byte is sent."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from gongwen_client.ui import words
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import column, label, restyle

_NEAR = 0.9


class SizeMeter(QWidget):
    """A bar and a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("size_meter")
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("公文大小")
        self._words = label("", "small")
        self.setLayout(column(self._bar, self._words, gap=Space.HAIR))
        self.hide()

    def show_size(self, size: int, limit: int | None, article: str) -> None:
        """Bytes of body and attachments together, and the bound (None: the region states none)."""
        self.setVisible(size > 0 or limit is not None)
        self._bar.setVisible(limit is not None)
        said = f"正文和附件共 {words.size(size)}"
        tone = Tone.NEUTRAL
        if limit is not None:
            self._bar.setValue(min(1000, round(1000 * size / limit)))
            said += f"，上限 {words.size(limit)}" + (f"（{article}）" if article else "")
            if size > limit:
                said, tone = f"{said}：超出 {words.size(size - limit)}", Tone.INVALID
            elif size > limit * _NEAR:
                said, tone = f"{said}：还可加 {words.size(limit - size)}", Tone.WARNING
        self._words.setText(said)
        restyle(self._words, tone=tone.value if tone is not Tone.NEUTRAL else "")

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()
