"""The commands of CUPS as small programs in a folder for PATH; what they do stands in ``FOLDER/mode``.

Modes: ``prints``, ``aborts`` (the job ends badly), ``stuck`` (it stays in the queue while it prints),
``waits`` (out of paper: it stays in the queue and is never begun), ``refuses``.
"""

from __future__ import annotations

import sys
from pathlib import Path

_PROGRAM = """#!{python}
import pathlib, sys
folder = pathlib.Path({folder!r})
mode = (folder / "mode").read_text()
command, arguments = pathlib.Path(sys.argv[0]).name, sys.argv[1:]
with (folder / "calls").open("a") as log:
    log.write(" ".join([command, *arguments]) + "\\n")
JOB = "HP-7                   clerk             1024   Mon 23 Nov 2026 09:12:00\\n"
if command == "lp":
    if "HP" not in arguments:
        sys.exit("lp: The printer or class does not exist.")
    if mode == "refuses":
        sys.exit('lp: Destination "HP" is not accepting jobs.')
    print("request id is HP-7 (1 file(s))")
elif command == "lpstat" and "-p" in arguments:
    print("printer HP is idle.  enabled since Mon 23 Nov 2026 09:00:00")
    print("\\tForm mounted:\\n\\tAlerts: " + ("media-empty-error" if mode == "waits" else "none"))
    print("printer Alt disabled since Mon 23 Nov 2026 09:00:00 -\\n\\tPaused\\n\\tAlerts: paused")
    print("printer Neu now printing Neu-9.  enabled since Mon 23 Nov 2026 09:00:00\\n\\tAlerts: none")
    print("printer Weit is idle.  enabled since Mon 23 Nov 2026 09:00:00\\n\\tAlerts: offline-report")
    print("printer Cups-PDF is idle.  enabled since Mon 23 Nov 2026 09:00:00\\n\\tAlerts: none")
    print("system default destination: HP")
elif command == "lpstat" and "not-completed" in arguments:
    if mode in ("stuck", "waits"):
        print(JOB + "\\tAlerts: " + ("job-printing" if mode == "stuck" else "none") + "\\n\\tqueued for HP")
elif command == "lpstat" and mode not in ("stuck", "waits"):
    reason = "job-completed-successfully" if mode == "prints" else "aborted-by-system"
    print(JOB + "\\tAlerts: " + reason + "\\n\\tqueued for HP")
"""


class FakeCups:
    """The folder for PATH, its mode and the calls made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("lp", "lpstat", "cancel"):
            program = folder / name
            program.write_text(_PROGRAM.format(python=sys.executable, folder=str(folder)))
            program.chmod(0o755)
        self.play("prints")

    def play(self, mode: str) -> None:
        """Behave so from now on."""
        (self.folder / "mode").write_text(mode)

    def calls(self) -> list[str]:
        """Command lines so far."""
        return (self.folder / "calls").read_text().splitlines()
