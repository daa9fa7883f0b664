"""The words of bodies, for searching: render workers read them from files that were looked at or drafted."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.store.search import LONGEST_TEXT
from gongwen_crypto.errors import GongwenError

AT_ONCE = 4
_log = logging.getLogger(__name__)


class TextService:
    """A document whose text cannot be read is merely not found by it: nothing here raises for that."""

    def __init__(self, desk: Desk, render: RenderPool) -> None:
        self._desk = desk
        self._render = render
        self._busy = threading.Lock()

    def catch_up(self, limit: int = AT_ONCE) -> bool:
        """Slow. Read some of the bodies that are not searchable yet; True while there are more. Of several
        callers at once one reads."""
        if not self._busy.acquire(blocking=False):
            return False
        try:
            texts = self._desk.store.texts
            drafts = texts.drafts_wanted(limit)
            documents = texts.documents_wanted(limit)
            for document_id in drafts:
                draft = self._desk.store.drafts.find(document_id)
                if draft is not None and draft.body is not None:
                    texts.set_draft(document_id, draft.body.digest, self._read(draft.body.path))
            for document_id in documents:
                texts.add(document_id, self._read(self._place(document_id)))
            return len(drafts) == limit or len(documents) == limit
        finally:
            self._busy.release()

    def _place(self, document_id: str) -> Path:
        return self._desk.cabinet.place(self._desk.store.documents.get(document_id).body).path

    def _read(self, path: Path) -> str:
        parts: list[str] = []
        left = LONGEST_TEXT
        try:
            for page in range(self._render.open(path, all_sizes=False).page_count):
                parts.append(self._render.text(path, page).text)
                left -= len(parts[-1])
                if left <= 0:
                    break
        except GongwenError as error:
            _log.info("the text of %s cannot be read: %s", path.name, error.code)
            return ""
        return "\n".join(parts)
