"""Documents that a worker keeps open, so that turning a page does not parse the file again."""

from __future__ import annotations

import gc
import stat
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gongwen_client.render.confinement import resident_bytes
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import Drawing, open_drawing

if TYPE_CHECKING:
    from gongwen_docs.ofd.encryption.keys import Opener

_KEPT = 4
_ROOMY = 320 * 1024 * 1024
"""Bytes: a worker this large opens the next document only after it has closed the others (bar S1)."""

_Key = tuple[str, int, int, frozenset[str]]


class OpenDocuments:
    """The last few documents. A file that changed on disk is another document.

    ``keys`` (by the digest of their seed) unlock the encrypted one that is asked for; they come with each
    request, and nothing that they unlock leaves the memory. What was unlocked is closed when the file is
    asked for without them: a call that was under way when the keys were thrown away leaves nothing open.
    """

    def __init__(self) -> None:
        self._drawings: OrderedDict[_Key, Drawing] = OrderedDict()
        self.keys: Mapping[str, bytes] = {}

    def get(self, path: Path) -> Drawing:
        """The document of a file; the same object for drawing and for verifying.

        Raises ``KnownError``: what ``open_drawing`` raises.
        """
        key = (*_identity(path), frozenset(self.keys))
        if key in self._drawings:
            self._drawings.move_to_end(key)
            return self._drawings[key]
        self.forget(path)
        if resident_bytes() > _ROOMY:
            self._keep(0)
            gc.collect()  # a document's parts refer to one another
        try:
            drawing = open_drawing(path, openers=self._openers())
        except KnownError as error:
            if error.code == "ofd.encryption.not_a_recipient":  # the keys are those of an earlier file
                raise KnownError("ofd.document.encrypted") from error
            raise
        self._drawings[key] = drawing
        self._keep(_KEPT)
        return drawing

    def _keep(self, count: int) -> None:
        """Close the documents that were not asked for longest."""
        while len(self._drawings) > count:
            self._drawings.popitem(last=False)[1].close()

    def _openers(self) -> list[Opener]:
        if not self.keys:
            return []
        from gongwen_docs.ofd.encryption.keys import LayerKeys

        return [LayerKeys(self.keys)]

    def forget(self, path: Path) -> None:
        """Close the document of a file, so that the file can be moved or deleted (Windows)."""
        for key in [key for key in self._drawings if key[0] == str(path)]:
            self._drawings.pop(key).close()


def _identity(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise KnownError("ofd.container.unreadable", file=path.name) from error
    if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device would never end
        raise KnownError("ofd.container.unreadable", file=path.name)
    return str(path), status.st_mtime_ns, status.st_size
