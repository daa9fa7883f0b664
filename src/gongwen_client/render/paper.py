"""The client's side of what workers write for printers and for copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gongwen_client.render.pool import RenderPool

if TYPE_CHECKING:
    from gongwen_docs.copies.orders import CopyOrder, MarkOfCopy, SheetFacts


class PaperWork:
    """Each call raises what :class:`RenderPool` raises, and ``draw.pdf_not_written``."""

    def __init__(self, pool: RenderPool) -> None:
        self._pool = pool

    def write_test_sheet(self, target: Path, facts: SheetFacts) -> None:
        """The test sheet of a printer as PDF, front and back. Raises ``KnownError`` ``write.no_font``."""
        self._pool.do("write_test_sheet", None, type(None), target=target, facts=facts)

    def write_original(self, path: Path, target: Path, mark: MarkOfCopy | None) -> int:
        """The PDF of one numbered copy for the printer; how many pages had no room for ``mark``."""
        return self._pool.do("write_original", path, int, target=target, mark=mark)

    def write_copy(self, path: Path, target: Path, order: CopyOrder, pages: int | None = None) -> None:
        """A copy (副本) of a document at ``target``, of its first ``pages`` alone where given. Raises
        ``KnownError`` ``host.disk_full``, ``host.not_writable``; nothing is at ``target`` then."""
        self._pool.do("write_copy", path, type(None), target=target, order=order, pages=pages)

    def read_codes(self, path: Path) -> tuple[str, ...]:
        """What the QR codes in a picture file or a scanned document say. Raises ``KnownError``
        ``draw.picture_damaged``, ``draw.picture_too_large`` and what opening a document raises."""
        return self._pool.do("read_codes", path, tuple[str, ...])
