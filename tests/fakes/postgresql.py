"""A private PostgreSQL cluster from Debian's programs: own folder, loopback only, gone after the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_PROGRAMS = Path("/usr/lib/postgresql")


def find_programs() -> Path | None:
    """Folder of the newest PostgreSQL programs, or None where none are installed."""
    found = sorted(_PROGRAMS.glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def private_cluster(programs: Path) -> Iterator[str]:
    """A running cluster; yields the URL of an empty database. Where we are root ``postgres`` runs it."""
    folder = Path(tempfile.mkdtemp(prefix="gongwen-pg-"))
    user = _user()
    if user is not None:
        shutil.chown(folder, user)
    data, port = folder / "data", _free_port()
    try:
        _run(
            programs / "initdb", "-D", data, "-U", "exchange", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        _run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql://exchange@127.0.0.1:{port}/postgres"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str | None:
    """Who runs the cluster when we are root, or None when we run it ourselves."""
    return "postgres" if os.geteuid() == 0 else None


def _run(*command: str | Path) -> None:
    user = _user()
    arguments: Sequence[str] = [str(part) for part in command]
    subprocess.run(
        arguments,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
