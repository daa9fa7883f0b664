"""Vendors' ways with SM2 are data: one back end, a profile each, on our own module imitating them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.folder_token import PIN, VARIABLE, FolderToken, build
from gongwen_client.token.keys import KeyRole
from gongwen_client.token.pkcs11 import Pkcs11Backend
from gongwen_client.token.profiles import ModuleConfig
from gongwen_crypto.errors import KnownError

MESSAGE = "经研究，现予印发。".encode()

#: Shipped profiles, chosen by what the module says of itself: (its file, its conf).
SHIPPED = {
    "sansec": (
        "libswpkcs11.so",
        ("manufacturer Sansec", "key_type 0x80000004", "mech 0x80008105 sm2 e raw"),
    ),
    "tass": ("libtass.so", ("manufacturer TASS Co", "key_type 0x80000004", "mech 0x80008000 sm2 e der")),
    "luna": (
        "libCryptoki2.so",
        ("manufacturer SafeNet", "key_type 0x80000016", "mech 0x80000B21 sm2 e raw"),
    ),
    "ibm": (
        "libopencryptoki.so",
        ("manufacturer IBM", "key_type 0x80050002", "mech 0x8005000B sm2 e raw", "point raw"),
    ),
}
#: Profiles of one's own for every way of taking a message and giving a value: (profile, mechanism).
OWN = {
    "e-der": ('input = "e"\noutput = "der"', "e der"),
    "host-z": ('input = "message"\noutput = "raw64"\nz_by = "host"', "zm raw"),
    "token-z": ('input = "message"\noutput = "raw64"\nz_by = "token"', "message raw"),
    "token-z-id": (
        'input = "message"\noutput = "der"\nz_by = "token"\nid_param = "default_id"',
        "message der id",
    ),
}
RULE = 'title = "试用"\n[sign.SM2]\nmech_sign = 0x80000004\n'


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderToken:
    made = FolderToken(tmp_path / "token")
    made.add_slot()
    made.add_key()
    monkeypatch.setenv(VARIABLE, str(made.folder))
    return made


@pytest.fixture
def open_backend() -> Iterator[list[Pkcs11Backend]]:
    opened: list[Pkcs11Backend] = []
    yield opened
    for backend in opened:
        backend.close()


def pin(text: str = PIN) -> bytearray:
    return bytearray(text.encode())


@pytest.mark.parametrize("vendor", SHIPPED)
def test_a_shipped_profile_is_found_by_what_the_module_says(
    vendor: str, token: FolderToken, open_backend: list[Pkcs11Backend], tmp_path: Path
) -> None:
    name, conf = SHIPPED[vendor]
    library = tmp_path / name
    shutil.copy(build("pkcs11"), library)
    token.configure(*conf, "version 5.1")
    open_backend.append(Pkcs11Backend(ModuleConfig(library)))
    backend = open_backend[0]
    driver = backend.driver()
    assert (driver.profile, driver.version, driver.library) == (vendor, "5.1", name)
    key = backend.survey().keys[0]
    assert backend.sign(key.key_id, pin(), MESSAGE, rehearse=True)


@pytest.mark.parametrize("way", OWN)
def test_a_profile_of_ones_own_drives_any_mechanism(
    way: str, token: FolderToken, open_backend: list[Pkcs11Backend], tmp_path: Path
) -> None:
    rule, mechanism = OWN[way]
    profile = tmp_path / "own.toml"
    profile.write_text(RULE + rule)
    token.configure("manufacturer Own", f"mech 0x80000004 sm2 {mechanism}")
    open_backend.append(Pkcs11Backend(ModuleConfig(build("pkcs11"), str(profile))))
    key = open_backend[0].survey().keys[0]
    assert open_backend[0].sign(key.key_id, pin(), MESSAGE)


def test_a_wrong_profile_fails_its_rehearsal_and_never_sees_the_document(
    token: FolderToken, open_backend: list[Pkcs11Backend], tmp_path: Path
) -> None:
    """The same number means another thing in this module: the message goes in where e is wanted."""
    token.configure("manufacturer Own", "mech 0x80008105 sm2 message raw")
    open_backend.append(Pkcs11Backend(token.pkcs11("sansec")))
    backend = open_backend[0]
    key = backend.survey().keys[0]
    token.forget_calls()
    with pytest.raises(KnownError, match=r"token\.self_test_failed"):
        backend.sign(key.key_id, pin(), MESSAGE, rehearse=True)
    assert token.calls.count("C_Login") == 1
    assert token.calls.count("C_SignInit") == 1
    assert token.calls.count("C_Logout") == 1
    with pytest.raises(KnownError, match=r"token\.signature_mismatch"):
        backend.sign(key.key_id, pin(), MESSAGE)


def test_an_unknown_mechanism_is_no_guessing_game(
    token: FolderToken, open_backend: list[Pkcs11Backend]
) -> None:
    token.configure("manufacturer Own", "mech 0x80000004 sm2 e raw")
    open_backend.append(Pkcs11Backend(token.pkcs11("sansec")))
    open_backend.append(Pkcs11Backend(token.pkcs11("generic")))
    for backend in open_backend:
        key = backend.survey().keys[0]
        with pytest.raises(KnownError, match=r"token\.mechanism_unsupported"):
            backend.sign(key.key_id, pin(), MESSAGE)
    assert token.tries_left() == 6


def test_the_list_of_mechanisms_helps_whoever_writes_a_profile(
    token: FolderToken, open_backend: list[Pkcs11Backend]
) -> None:
    open_backend.append(Pkcs11Backend(token.pkcs11()))
    lines = open_backend[0].mechanisms()
    assert [line.number for line in lines] == [0x80008104, 0x80008105, 0x80008102, 0x80008200]
    assert [line.flags for line in lines] == [0x800, 0x800, 0x800, 0x200]
    assert {line.token_label for line in lines} == {"KeyOne"}


def test_keys_that_share_a_container_are_told_apart(
    token: FolderToken, open_backend: list[Pkcs11Backend]
) -> None:
    """Signing and encryption key have one CKA_ID: their purpose tells them apart."""
    token.add_encryption_key()
    open_backend.append(Pkcs11Backend(token.pkcs11()))
    backend = open_backend[0]
    keys = {key.role: key for key in backend.survey().keys}
    signing, encryption = keys[KeyRole.SIGNING], keys[KeyRole.ENCRYPTION]
    assert backend.sign(signing.key_id, pin(), MESSAGE)
    with pytest.raises(Exception, match=r"token\.not_a_signing_key"):
        backend.sign(encryption.key_id, pin(), MESSAGE)


def test_several_tokens_are_told_by_serial_in_whatever_slot(
    token: FolderToken, open_backend: list[Pkcs11Backend]
) -> None:
    token.add_slot(3, serial="GW-0003", label="KeyThree")
    third = token.add_key(3)
    open_backend.append(Pkcs11Backend(token.pkcs11()))
    backend = open_backend[0]
    before = {key.serial: key.key_id for key in backend.survey().keys}
    assert set(before) == {"GW-0001", "GW-0003"}
    (token.folder / "slot1").rename(token.folder / "slot4")
    (token.folder / "slot3").rename(token.folder / "slot2")
    after = {key.serial: key.key_id for key in backend.survey().keys}
    assert after == before
    assert backend.sign(before["GW-0003"], pin(), MESSAGE)
    assert third.certificate in {key.certificate_der for key in backend.survey().keys}


@pytest.mark.parametrize("events", ["wait", "none", "unsupported"])
def test_hot_plug_by_events_and_without(
    events: str, token: FolderToken, open_backend: list[Pkcs11Backend], tmp_path: Path
) -> None:
    """A module that tells events is read again only after one; one that cannot is read each time."""
    profile = tmp_path / "own.toml"
    profile.write_text('hotplug = "wait"\n' + RULE + OWN["e-der"][0])
    token.configure(f"events {events}")
    open_backend.append(Pkcs11Backend(ModuleConfig(build("pkcs11"), str(profile))))
    backend = open_backend[0]
    assert [ref.serial for ref in backend.poll()] == ["GW-0001"]
    token.forget_calls()
    assert len(backend.poll()) == 1
    assert ("C_GetSlotList" in token.calls) is (events == "unsupported")
    if events == "none":
        return  # a module that never tells anything although it says that it would: nothing can be done
    token.unplug()
    assert backend.poll() == ()
    token.plug()
    assert len(backend.poll()) == 1


@pytest.mark.parametrize(("left", "low", "final"), [(6, False, False), (3, True, False), (1, True, True)])
def test_the_pin_state_is_known_before_a_pin_is_asked(
    token: FolderToken,
    open_backend: list[Pkcs11Backend],
    left: int,
    low: bool,
    final: bool,
) -> None:
    token.set_tries(left)
    open_backend.append(Pkcs11Backend(token.pkcs11()))
    state = open_backend[0].survey().keys[0].pin
    assert (state.low, state.final_try, state.locked) == (low, final, False)
    assert state.tries_left == (1 if final else None)


def test_a_key_locks_after_its_tries_and_says_so(
    token: FolderToken, open_backend: list[Pkcs11Backend]
) -> None:
    token.set_tries(2, 2)
    open_backend.append(Pkcs11Backend(token.pkcs11()))
    backend = open_backend[0]
    key = backend.survey().keys[0]
    for code in ("token.pin_wrong_final", "token.pin_locked", "token.pin_locked"):
        with pytest.raises(KnownError) as caught:
            backend.sign(key.key_id, pin("00000000"), MESSAGE)
        assert caught.value.code == code
    assert backend.survey().keys[0].pin.locked
    with pytest.raises(KnownError, match=r"token\.pin_locked"):
        backend.change_pin(key.key_id, pin(), pin("Neu-48213"))


def test_a_changed_pin_costs_one_try_of_the_old(
    token: FolderToken, open_backend: list[Pkcs11Backend]
) -> None:
    open_backend.append(Pkcs11Backend(token.pkcs11()))
    backend = open_backend[0]
    key = backend.survey().keys[0]
    with pytest.raises(KnownError, match=r"token\.pin_wrong_uncounted"):
        backend.change_pin(key.key_id, pin("00000000"), pin("Neu-48213"))
    assert token.tries_left() == 5
    backend.change_pin(key.key_id, pin(), pin("Neu-48213"))
    assert token.tries_left() == 6
    assert backend.sign(key.key_id, pin("Neu-48213"), MESSAGE)


def test_a_module_that_will_not_log_out_is_finalised(
    token: FolderToken, open_backend: list[Pkcs11Backend]
) -> None:
    open_backend.append(Pkcs11Backend(token.pkcs11()))
    backend = open_backend[0]
    key = backend.survey().keys[0]
    token.play(C_Logout="0x5", C_CloseSession="0x5")
    assert backend.sign(key.key_id, pin(), MESSAGE)
    token.play()
    token.forget_calls()
    assert backend.sign(key.key_id, pin(), MESSAGE)
    assert token.calls.index("C_Finalize") < token.calls.index("C_Login")
