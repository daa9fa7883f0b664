"""A file as something the page view can show: page sizes and a way to draw each page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from gongwen_client.services.office import Office
from gongwen_client.ui.viewer.page_view import PageSize
from gongwen_client.ui.viewer.queue import Draw


@dataclass(frozen=True)
class Drawing:
    """``draw`` is slow and is called on worker threads."""

    sizes: tuple[PageSize, ...]
    draw: Draw


def open_drawing(office: Office, path: Path) -> Drawing:
    """Slow. Open ``path`` in a render worker; raises KnownError for a file that cannot be shown."""
    pool = office.render
    sizes = tuple(PageSize(width, height) for width, height in pool.open(path).page_sizes_mm)

    def draw(page: int, dpi: float) -> QImage:
        pixels = pool.render(path, page, dpi).pixels
        stride = pixels.width * 3
        image = QImage(pixels.samples, pixels.width, pixels.height, stride, QImage.Format.Format_RGB888)
        return image.copy()

    return Drawing(sizes, draw)
