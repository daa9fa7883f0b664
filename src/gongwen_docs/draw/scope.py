"""Where and how units are painted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gongwen_docs.ofd.graphics import Frame, Style
from gongwen_docs.ofd.resources import Resources
from gongwen_docs.ofd.values import Matrix


@dataclass(frozen=True)
class Scope:
    """Resources and inherited style of some units, the matrix from their space to the sheet, and depth.

    ``page`` leads from page space to the sheet: it differs from ``matrix`` inside composites and annotations.
    """

    resources: Resources
    style: Style
    matrix: Matrix
    page: Matrix
    depth: int = 0

    def inside(self, matrix: Matrix, style: Style) -> Scope:
        """The scope of units one level deeper."""
        return replace(self, matrix=matrix, style=style, depth=self.depth + 1)

    def style_of(self, frame: Frame) -> Style:
        """The cascade of a unit: its own values, its draw parameter, the layer's (§8.2)."""
        own = frame.style
        if frame.draw_param:
            own = own.over(self.resources.style(frame.draw_param))
        return own.over(self.style)
