"""Files that are whole or not there, locks between processes, folders of the user, secrets."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from gongwen_client.durable import FileLock, write_atomically
from gongwen_client.host.clock import SystemClock, to_local
from gongwen_client.host.instance import SingleInstance
from gongwen_client.host.places import Places
from gongwen_client.host.secrets import FileStore, KeyringStore, open_secret_store
from gongwen_crypto.errors import BugError, KnownError

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX rights")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "文件"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "host.disk_full"), (errno.EIO, "host.not_writable")]
)
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(KnownError) as caught:
        write_atomically(path, b"new")
    assert caught.value.code == code
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_a_known_error(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"host\.not_writable"):
        write_atomically(tmp_path / "no" / "file", b"x")
    with pytest.raises(KnownError, match=r"host\.not_writable"):
        FileLock(tmp_path / "no" / "lock").acquire(wait=False)


def test_only_one_client_runs_and_a_dead_one_frees_the_place(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib; from gongwen_client.host.instance import SingleInstance\n"
            "with SingleInstance(pathlib.Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()",
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[3] / "src")},
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"in\n"
        with pytest.raises(KnownError, match=r"host\.already_running"), SingleInstance(tmp_path):
            pass
        holder.kill()
    with SingleInstance(tmp_path):
        pass


def test_places_below_one_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGWEN_HOME", str(tmp_path / "home"))
    places = Places.of_user()
    mask = os.umask(0o022)
    try:
        places.prepare()
        places.prepare()
    finally:
        os.umask(mask)
    assert places.data == tmp_path / "home" / "data"
    assert places.keyfiles.is_dir()
    if os.name == "posix":
        assert all(
            stat.S_IMODE(f.stat().st_mode) == 0o700 for f in (places.data, places.keyfiles, places.log)
        )


def test_places_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GONGWEN_HOME", raising=False)
    places = Places.of_user()
    assert len({places.data, places.cache, places.config}) == 3
    assert all("gongwen" in str(folder) for folder in (places.data, places.cache, places.config, places.log))


def test_a_place_that_cannot_be_made_is_a_known_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    mask = os.umask(0o077)
    try:
        with pytest.raises(KnownError, match=r"host\.not_writable"):
            Places.below(tmp_path).prepare()
    finally:
        os.umask(mask)


def test_local_time_is_beijing_time() -> None:
    moment = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert to_local(moment).strftime("%Y-%m-%d %H:%M") == "2026-11-23 00:30"
    with pytest.raises(ValueError, match="time zone"):
        to_local(datetime(2026, 1, 1))
    assert SystemClock().now().tzinfo is UTC
    assert SystemClock().monotonic() <= SystemClock().monotonic()


class Ring(KeyringBackend):
    """A key ring that can be locked."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, *, locked: bool = False) -> None:
        super().__init__()
        self.locked = locked
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


@pytest.fixture(params=["ring", "locked ring"])
def ring(request: pytest.FixtureRequest) -> object:
    before = keyring.get_keyring()
    keyring.set_keyring(Ring(locked=request.param == "locked ring"))
    yield request.param
    keyring.set_keyring(before)


def test_secrets_are_kept_and_forgotten_and_pins_refused(ring: object, tmp_path: Path) -> None:
    store = open_secret_store(tmp_path)
    assert isinstance(store, KeyringStore if ring == "ring" else FileStore)
    assert bool(store.weakness) == (ring != "ring")
    assert store.get("session") is None
    store.put("session", "s-1")
    store.put("device-key", "d-1")
    assert open_secret_store(tmp_path).get("session") == "s-1"
    assert open_secret_store(tmp_path / "training").get("session") is None
    store.remove("session")
    store.remove("session")
    assert (store.get("session"), store.get("device-key")) == (None, "d-1")
    for name in ("pin", "key-PIN", "口令"):
        with pytest.raises(BugError, match=r"host\.secret_is_pin"):
            store.put(name, "123456")


@POSIX
def test_the_secrets_file_is_its_owners_alone_and_damage_is_told(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    store = FileStore(path, "reason")
    store.put("session", "s")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for damage in ("{", "[]"):
        path.write_text(damage)
        with pytest.raises(KnownError, match=r"host\.secrets_damaged"):
            store.get("session")
    store.put("session", "t")
    assert store.get("session") == "t"
