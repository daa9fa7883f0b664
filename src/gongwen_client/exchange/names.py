"""Names of files that come from persons or from outside."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


def safe_suffix(name: str) -> str:
    """The suffix of a file name, in lower case, when it is a plain one; else empty."""
    suffix = PurePosixPath(name).suffix
    return suffix.lower() if _SUFFIX.fullmatch(suffix) else ""
