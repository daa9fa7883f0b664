"""The real spooler on a socket of its own: one raw queue whose backend keeps, refuses or delays what it gets.

Wants cupsd and its commands, installed or unpacked below ``GONGWEN_CUPS_ROOT``; needs root, as cupsd does.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

QUEUE = "Paper"

_BACKEND = """#!/bin/sh
# Arguments: job user title copies options [file]; without any: tell which devices there are.
[ $# -eq 0 ] && exit 0
folder="{folder}"
mode=$(cat "$folder/mode")
case "$mode" in
    prints) cat "${{6:--}}" > "$folder/paper-$1.pdf"; echo "$5" > "$folder/options-$1"; exit 0 ;;
    no_paper) echo "STATE: +media-empty-error" >&2; exit 4 ;;  # stop the queue, keep the job
    fails) exit 1 ;;  # abort the job
    slow) echo "STATE: +connecting-to-device" >&2; sleep 30; exit 0 ;;
esac
"""
_FILES = """ServerRoot {home}/etc
ServerBin {home}/bin
DataDir {data}
StateDir {home}/run
CacheDir {home}/cache
RequestRoot {home}/spool
TempDir {home}/spool/tmp
AccessLog {home}/access.log
ErrorLog {home}/error.log
PageLog {home}/page.log
SystemGroup root
FileDevice Yes
"""
_CONF = """Listen {home}/run/cups.sock
LogLevel warn
Browsing Off
DefaultAuthType None
WebInterface No
ErrorPolicy abort-job
<Location />
  Order allow,deny
  Allow all
</Location>
<Location /admin>
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""


def root() -> Path | None:
    """Where cupsd and its files are: the system, an unpacked tree, or nowhere."""
    unpacked = os.environ.get("GONGWEN_CUPS_ROOT")
    for place in (Path(unpacked) if unpacked else None, Path("/")):
        if place is not None and (place / "usr/sbin/cupsd").is_file():
            return place
    return None


@dataclass
class RealCups:
    """The running spooler; ``mode`` of its one printer: prints, no_paper, fails, slow."""

    home: Path
    environment: dict[str, str]

    def play(self, mode: str) -> None:
        """Behave so from now on, with an enabled queue."""
        (self.home / "out/mode").write_text(mode)
        subprocess.run(["cupsenable", QUEUE], env=self.environment, check=True)

    def paper(self) -> list[bytes]:
        """What came out."""
        return [path.read_bytes() for path in sorted((self.home / "out").glob("paper-*.pdf"))]

    def options(self) -> list[str]:
        """The options of what came out."""
        return [path.read_text() for path in sorted((self.home / "out").glob("options-*"))]


@contextmanager
def running(home: Path, place: Path) -> Iterator[RealCups]:
    """Start it below ``home``, which must be short: socket names are."""
    for name in ("etc", "run/certs", "cache", "spool/tmp", "out", "bin/backend"):
        (home / name).mkdir(parents=True)
    for folder in (place / "usr/lib/cups").iterdir():
        if folder.name != "backend":
            (home / "bin" / folder.name).symlink_to(folder)
    backend = home / "bin/backend/folder"
    backend.write_text(_BACKEND.format(folder=home / "out"))
    backend.chmod(0o700)
    data = place / "usr/share/cups"
    (home / "etc/cups-files.conf").write_text(_FILES.format(home=home, data=data))
    (home / "etc/cupsd.conf").write_text(_CONF.format(home=home))
    environment = os.environ | {
        "CUPS_SERVER": str(home / "run/cups.sock"),
        "PATH": os.pathsep.join((str(place / "usr/bin"), str(place / "usr/sbin"), os.environ["PATH"])),
        "LC_ALL": "C",
    }
    command = [str(place / "usr/sbin/cupsd"), "-f"]
    command += ["-c", str(home / "etc/cupsd.conf"), "-s", str(home / "etc/cups-files.conf")]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(home / "run/cups.sock", process)
        device = ["-v", "folder:/", "-m", "raw", "-E"]
        subprocess.run(
            [shutil.which("lpadmin", path=environment["PATH"]) or "lpadmin", "-p", QUEUE, *device],
            env=environment,
            check=True,
            capture_output=True,
        )
        cups = RealCups(home, environment)
        cups.play("prints")
        yield cups
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Until the socket answers."""
    pause = threading.Event()
    for _ in range(200):
        if process.poll() is not None:
            raise AssertionError("cupsd ended")
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(path))
                return
        except OSError:
            pause.wait(0.05)
    raise AssertionError("cupsd does not answer")
