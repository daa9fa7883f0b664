"""Tables and sheets as files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongwen_client.durable import write_atomically
from gongwen_client.exchange.files import disk_errors
from gongwen_client.render import RenderPool
from gongwen_crypto.errors import KnownError
from gongwen_docs.register import RegisterTable


def write_table(table: RegisterTable, target: Path, render: RenderPool) -> None:
    """Slow. A table as Excel, CSV or PDF by the suffix. Raises KnownError: export.format_unknown, host.*."""
    from gongwen_docs.register.sheets import to_ofd  # fonts and spreadsheets: not at each start
    from gongwen_docs.register.spreadsheets import to_csv, to_xlsx

    suffix = target.suffix.lower()
    if suffix == ".csv":
        write_atomically(target, to_csv(table))
    elif suffix == ".xlsx":
        write_atomically(target, to_xlsx(table))
    elif suffix == ".pdf":
        write_pdf(to_ofd(table), target, render)
    else:
        raise KnownError("export.format_unknown", name=target.name)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for the making of a file, gone afterwards. Raises KnownError: host.disk_full, file.*."""
    with disk_errors(Path(tempfile.gettempdir()) / "gongwen"):
        folder = tempfile.TemporaryDirectory()
    with folder as name:
        yield Path(name)


def write_pdf(ofd: bytes, target: Path, render: RenderPool) -> None:
    """Slow. A document of ours as PDF. Raises KnownError: host.*."""
    with temporary_folder() as folder:
        sheets = folder / "sheets.ofd"
        write_atomically(sheets, ofd)
        render.export_pdf(sheets, target)
        render.forget(sheets)
