"""Asking the spooler about one job in its own language (IPP, RFC 8010 and 8011), over its socket.

``lpstat`` does not tell a job that was printed from one that was given up: CUPS 2.4 leaves
``processing-to-stop-point`` as the reason of both. The job's state does.
"""

from __future__ import annotations

import http.client
import os
import socket
import struct
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

_GET_JOB_ATTRIBUTES = 0x0009
_OPERATION, _END = b"\x01", b"\x03"
_INTEGER, _ENUM, _KEYWORD, _URI, _CHARSET, _LANGUAGE = 0x21, 0x23, 0x44, 0x45, 0x47, 0x48
_GROUPS = 0x0F
"""Tags up to this one begin a group of attributes."""
_SOCKETS = (Path("/run/cups/cups.sock"), Path("/var/run/cups/cups.sock"))
_SECONDS = 5.0
_PORT = 631


class JobState(IntEnum):
    """RFC 8011, 5.3.7."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9

    @property
    def ended(self) -> bool:
        """Whether nothing will happen to the job any more."""
        return self >= JobState.CANCELED


@dataclass(frozen=True)
class JobFacts:
    """``begun``: the spooler has worked on it, so paper may have come out."""

    state: JobState
    begun: bool


def ask_job(printer: str, job: str) -> JobFacts | None:
    """What the spooler says of job ``printer-number``; None where it does not answer."""
    number = job.rpartition("-")[2]
    if not number.isdecimal():
        return None
    try:
        told = _attributes(_post(f"/printers/{printer}", _request(printer, int(number))))
        (state,) = struct.unpack(">i", told["job-state"][1])
        begun = told.get("time-at-processing", (0, b""))[0] == _INTEGER
        return JobFacts(JobState(state), begun or state == JobState.PROCESSING)
    except (OSError, http.client.HTTPException, KeyError, ValueError, struct.error, IndexError):
        return None


def _request(printer: str, job: int) -> bytes:
    return b"".join(
        (
            struct.pack(">BBHI", 2, 0, _GET_JOB_ATTRIBUTES, 1),
            _OPERATION,
            _attribute(_CHARSET, "attributes-charset", b"utf-8"),
            _attribute(_LANGUAGE, "attributes-natural-language", b"en"),
            _attribute(_URI, "printer-uri", f"ipp://localhost/printers/{printer}".encode()),
            _attribute(_INTEGER, "job-id", struct.pack(">i", job)),
            _attribute(_KEYWORD, "requested-attributes", b"job-state"),
            _attribute(_KEYWORD, "", b"time-at-processing"),
            _END,
        )
    )


def _attribute(tag: int, name: str, value: bytes) -> bytes:
    words = name.encode()
    return struct.pack(f">BH{len(words)}sH", tag, len(words), words, len(value)) + value


def _attributes(answer: bytes) -> dict[str, tuple[int, bytes]]:
    """Name → tag and first value of all groups."""
    found: dict[str, tuple[int, bytes]] = {}
    place = 8
    while place < len(answer) and answer[place : place + 1] != _END:
        tag = answer[place]
        place += 1
        if tag <= _GROUPS:
            continue
        (length,) = struct.unpack_from(">H", answer, place)
        name = answer[place + 2 : place + 2 + length].decode()
        place += 2 + length
        (length,) = struct.unpack_from(">H", answer, place)
        if name:
            found[name] = tag, answer[place + 2 : place + 2 + length]
        place += 2 + length
    return found


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a socket in the file system."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_SECONDS)
        self.sock.connect(str(self._path))


def _connection() -> http.client.HTTPConnection:
    """Where CUPS's own commands would ask: ``CUPS_SERVER``, its socket, its port."""
    wanted = os.environ.get("CUPS_SERVER", "")
    if wanted.startswith("/"):
        return _SocketConnection(Path(wanted))
    for path in () if wanted else _SOCKETS:
        if path.exists():
            return _SocketConnection(path)
    host, _, port = wanted.partition("/")[0].partition(":")
    return http.client.HTTPConnection(host or "localhost", int(port or _PORT), timeout=_SECONDS)


def _post(path: str, body: bytes) -> bytes:
    connection = _connection()
    try:
        connection.request("POST", path, body, {"Content-Type": "application/ipp"})
        return connection.getresponse().read()
    finally:
        connection.close()
