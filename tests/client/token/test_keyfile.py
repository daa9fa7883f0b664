"""Key files: what a PIN try costs, what damage does, who may change what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.seal_keys import certified_key, write_key_file
from gongwen_client.token import keyfile
from gongwen_client.token.keyfile import change_pin, create_key_file, read_key_file, unlock
from gongwen_client.token.keyfile_backend import KeyFileBackend
from gongwen_client.token.keys import KeyRole
from gongwen_crypto.errors import BugError, KnownError, RefusedError

PIN = "Kanarie-7391"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "one.gwkey"
    write_key_file(place, PIN, max_tries=3)
    return place


def tries_left(path: Path) -> int:
    return read_key_file(path).tries_left


def pin(text: str) -> bytearray:
    return bytearray(text.encode())


def test_the_pin_opens_the_key(tmp_path: Path) -> None:
    signer = write_key_file(tmp_path / "a.gwkey", PIN)
    key, private = unlock(tmp_path / "a.gwkey", pin(PIN))
    assert private == signer.pair.private
    assert key.certificate_der == signer.certificate_der


def test_wrong_pins_lock_the_key_for_good(path: Path) -> None:
    codes = []
    for _ in range(4):
        with pytest.raises(KnownError) as caught:
            unlock(path, pin("00000000"))
        codes.append(caught.value.code)
    assert codes == ["token.pin_wrong", "token.pin_wrong_final", "token.pin_locked", "token.pin_locked"]
    with pytest.raises(KnownError, match=r"token\.pin_locked"):
        unlock(path, pin(PIN))
    with pytest.raises(KnownError, match=r"token\.pin_locked"):
        change_pin(path, pin(PIN), pin("Neu-48213"))
    assert KeyFileBackend([path.parent]).survey().keys[0].pin.locked


def test_the_right_pin_restores_all_tries(path: Path) -> None:
    with pytest.raises(KnownError):
        unlock(path, pin("00000000"))
    assert tries_left(path) == 2
    unlock(path, pin(PIN))
    assert tries_left(path) == 3


def test_a_try_is_spent_before_the_pin_is_tried(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Power lost while the PIN is checked: the try is gone."""

    def power_cut(secret: bytearray, salt: bytes, cost: int) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(keyfile, "_key", power_cut)
    with pytest.raises(KeyboardInterrupt):
        unlock(path, pin(PIN))
    assert tries_left(path) == 2


def test_where_tries_cannot_be_counted_no_pin_is_tried(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(place: Path, content: bytes) -> None:
        raise KnownError("host.disk_full", folder=str(place.parent))

    monkeypatch.setattr(keyfile, "write_atomically", full)
    with pytest.raises(KnownError, match=r"token\.keyfile_unwritable"):
        unlock(path, pin(PIN))
    assert tries_left(path) == 3


@pytest.mark.parametrize("part", ["label", "serial", "seal", "role"])
def test_a_swapped_public_part_makes_the_key_useless(path: Path, part: str) -> None:
    document = json.loads(path.read_text())
    document[part] = {"seal": "AAAA", "role": "verification"}.get(part, "other")
    path.write_text(json.dumps(document))
    with pytest.raises(KnownError, match=r"token\.pin_wrong"):
        unlock(path, pin(PIN))


@pytest.mark.parametrize(
    "change",
    [
        {"tries_left": 99},
        {"tries_left": -1},
        {"scrypt_cost": 2**40},
        {"scrypt_cost": 3},
        {"nonce": "AAAA"},
        {"certificate": "AAAA"},
        {"certificate": "no base64"},
        {"format": "gongwen-key/9"},
        {"role": "king"},
        {"label": None, "seal": 5},
    ],
)
def test_a_damaged_file_is_named(path: Path, change: dict[str, object]) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    inventory = KeyFileBackend([path.parent]).survey()
    assert inventory.keys == ()
    assert [(problem.code, problem.detail) for problem in inventory.problems] == [
        ("token.keyfile_damaged", "one.gwkey")
    ]


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"\xff\xfe", b"[" * 100_000, b"{" + b" " * 5_000_000]
)
def test_what_is_no_key_file_is_named(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(KnownError, match=r"token\.keyfile_damaged"):
        read_key_file(path)


def test_a_certificate_of_another_key_is_refused(tmp_path: Path) -> None:
    one, other = certified_key(), certified_key()
    with pytest.raises(BugError, match=r"token\.key_mismatch"):
        create_key_file(
            tmp_path / "x.gwkey", one.pair.private, other.certificate_der, None, PIN, label="", serial="1"
        )


def test_an_encryption_key_does_not_sign(tmp_path: Path) -> None:
    signer = certified_key()
    create_key_file(
        tmp_path / "x.gwkey",
        signer.pair.private,
        signer.certificate_der,
        None,
        PIN,
        label="加密",
        serial="1",
        role=KeyRole.ENCRYPTION,
    )
    backend = KeyFileBackend([tmp_path])
    with pytest.raises(RefusedError, match=r"token\.not_a_signing_key"):
        backend.sign(backend.survey().keys[0].key_id, pin(PIN), b"m")
    assert tries_left(tmp_path / "x.gwkey") == 6


def test_several_keys_are_told_apart(tmp_path: Path) -> None:
    for serial in ("A", "B"):
        write_key_file(tmp_path / f"{serial}.gwkey", PIN, serial)
    backend = KeyFileBackend([tmp_path, tmp_path / "empty slot"])
    assert [key.serial for key in backend.survey().keys] == ["A", "B"]
    assert [token.serial for token in backend.poll()] == ["A", "B"]


def test_a_half_copied_file_is_no_token_yet(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    backend = KeyFileBackend([path.parent])
    assert backend.poll() == ()
    path.write_bytes(whole)
    assert [token.serial for token in backend.poll()] == ["GW-0001"]


def test_no_pin_and_no_plain_key_in_the_file(tmp_path: Path) -> None:
    signer = write_key_file(tmp_path / "a.gwkey", PIN)
    change_pin(tmp_path / "a.gwkey", pin(PIN), pin("Neu-48213"))
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert PIN.encode() not in content
        assert signer.pair.private not in content
