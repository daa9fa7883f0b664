"""The ZIP container that a writer leaves behind: fixed order, fixed times, no extra fields."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime

#: The earliest moment that ZIP can express; used unless a time is given, so that bytes are reproducible.
EPOCH = datetime(1980, 1, 1)

_STORED = (".png", ".jpg", ".jpeg", ".ofd", ".zip", ".pdf")


def pack(parts: Iterable[tuple[str, bytes]], moment: datetime = EPOCH) -> bytes:
    """Pack ``(path, bytes)`` parts in the given order into one ZIP with the modification time ``moment``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as container:
        for path, data in parts:
            entry = zipfile.ZipInfo(path, date_time=moment.timetuple()[:6])
            entry.create_system = 0
            entry.external_attr = 0
            stored = path.lower().endswith(_STORED)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            container.writestr(entry, data, compresslevel=None if stored else 6)
    return buffer.getvalue()
