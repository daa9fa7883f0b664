"""Types into a draft without end, for a test that kills it: python typist.py HOME URL DOCUMENT

Prints each text a second after it was typed: by then it has to be on disk."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from PySide6.QtCore import QTimer

from gongwen_client.host.places import Places
from gongwen_client.services.office import Office, OfficeSettings
from gongwen_client.ui import program
from gongwen_client.ui.compose.page import ComposePage

_EACH_MS = 40
_ON_DISK_AFTER = 2000 // _EACH_MS


def main() -> int:
    home, url, document = sys.argv[1:]
    app = program.application()
    settings = OfficeSettings(url, (), (), Path(home) / "trust", Path(home) / "printed", 60.0)
    office = Office(Places.below(Path(home)), settings)
    page = ComposePage(office, office.drafts.get(document))
    page.show()
    typed: list[str] = []
    numbers = count(1)

    def type_on() -> None:
        page.form.title.setText(f"关于第{next(numbers)}次修改的𠮷林通知")
        typed.append(page.form.title.text())
        if len(typed) > _ON_DISK_AFTER:
            sys.stdout.write(f"{typed[-_ON_DISK_AFTER - 1]}\n")
            sys.stdout.flush()

    timer = QTimer()
    timer.timeout.connect(type_on)
    timer.start(_EACH_MS)
    return app.exec()


if __name__ == "__main__":
    raise SystemExit(main())
