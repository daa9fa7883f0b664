"""Tables and sheets as files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gongwen_client.durable import write_atomically
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


def write_pdf(ofd: bytes, target: Path, render: RenderPool) -> None:
    """Slow. A document of ours as PDF. Raises KnownError: host.*."""
    with tempfile.TemporaryDirectory() as folder:
        sheets = Path(folder) / "sheets.ofd"
        sheets.write_bytes(ofd)
        render.export_pdf(sheets, target)
        render.forget(sheets)
