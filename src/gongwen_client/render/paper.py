"""The client's side of what workers write for printers and for copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gongwen_client.render.pool import RenderPool

if TYPE_CHECKING:
    from gongwen_docs.copies.test_sheet import SheetFacts


class PaperWork:
    """Each call raises what :class:`RenderPool` raises, and ``draw.pdf_not_written``."""

    def __init__(self, pool: RenderPool) -> None:
        self._pool = pool

    def write_test_sheet(self, target: Path, facts: SheetFacts) -> None:
        """The test sheet of a printer as PDF, front and back. Raises ``KnownError`` ``write.no_font``."""
        self._pool.do("write_test_sheet", None, target=target, facts=facts)
