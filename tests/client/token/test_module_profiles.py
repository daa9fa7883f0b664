"""Module profiles and what CKR codes become."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from fakes.seal_keys import certified_key
from gongwen_client.token.keys import PinState
from gongwen_client.token.profiles import (
    Hotplug,
    Input,
    Output,
    SignRule,
    choose_profile,
    load_profiles,
)
from gongwen_crypto import sm2
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import BugError, KnownError
from gongwen_crypto.keys import KeyKind

PyKCS11 = pytest.importorskip("PyKCS11")


def test_all_shipped_profiles_load_and_the_generic_one_is_last() -> None:
    profiles = load_profiles()
    assert profiles[-1].name == "generic"
    assert {"softhsm2", "sansec", "tass", "luna", "ibm"} <= {profile.name for profile in profiles}
    vendors = [p for p in profiles if KeyKind.SM2 in p.rules]
    assert all(p.rules[KeyKind.SM2].mech_sign >= 0x80000000 for p in vendors), "SM2 is always the vendor's"


def test_a_profile_is_chosen_by_what_the_module_says() -> None:
    assert choose_profile("", "SoftHSM", "libsofthsm2.so").hotplug is Hotplug.RELOAD
    assert choose_profile("", "Unheard Of Inc.", "x.so").name == "generic"
    assert choose_profile("luna", "anything", "x.so").name == "luna"
    with pytest.raises(KnownError, match=r"token\.no_profile"):
        choose_profile("no such", "SoftHSM", "x.so")


@pytest.mark.parametrize(
    "text",
    [
        "title = 1\n[sign.SM2]\nmech_sign = 1\ninput = 'tea'\noutput = 'der'",
        "title = 'x'\n[sign.DSA]\nmech_sign = 1\ninput = 'e'\noutput = 'der'",
        "title = 'x'\n[sign.SM2]\ninput = 'e'\noutput = 'der'",
        "no title",
        "[match]",
    ],
)
def test_a_bad_profile_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(BugError) as caught:
        load_profiles(tmp_path)
    assert caught.value.facts["file"] == "mine.toml"


def test_what_the_token_is_given() -> None:
    key = Certificate.load(certified_key().certificate_der).public_key
    message = b"message digest"

    def given(form: Input, *, z_by_token: bool = False) -> bytes:
        return SignRule(1, form, Output.DER, z_by_token).prepare(key, message)

    assert given(Input.E) == sm2.message_digest(key.point, message)
    assert given(Input.MESSAGE) == sm2.identity_digest(key.point) + message
    assert given(Input.MESSAGE, z_by_token=True) == message
    assert given(Input.HASH) == hashlib.sha256(message).digest()
    assert given(Input.DIGEST_INFO).endswith(hashlib.sha256(message).digest())


def test_raw_signatures_become_der() -> None:
    rule = SignRule(1, Input.E, Output.RAW64)
    raw = bytes(31) + b"\x05" + b"\x80" + bytes(31)
    assert sm2.decode_signature(rule.finish(raw) or b"") == (5, 0x80 << 248)
    assert rule.finish(raw + b"\0") is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("CKR_PIN_LOCKED", "token.pin_locked"),
        ("CKR_DEVICE_REMOVED", "token.removed"),
        ("CKR_TOKEN_NOT_PRESENT", "token.removed"),
        ("CKR_SESSION_HANDLE_INVALID", "token.removed"),
        ("CKR_MECHANISM_INVALID", "token.mechanism_unsupported"),
        ("CKR_FUNCTION_CANCELED", "token.cancelled"),
        ("CKR_USER_ANOTHER_ALREADY_LOGGED_IN", "token.busy"),
        ("CKR_GENERAL_ERROR", "token.driver_failed"),
        ("CKR_DEVICE_ERROR", "token.driver_failed"),
        ("CKR_HOST_MEMORY", "token.driver_failed"),
    ],
)
def test_driver_codes_become_ours(name: str, code: str) -> None:
    from gongwen_client.token.pkcs11_errors import known_error

    error = known_error(getattr(PyKCS11, name))
    assert (error.code, error.facts["reason"]) == (code, name)


def test_vendor_codes_are_named_by_number() -> None:
    from gongwen_client.token.pkcs11_errors import known_error

    assert known_error(0x8000_0042).facts["reason"] == "0x80000042"


@pytest.mark.parametrize(
    ("flags", "state", "code"),
    [
        (0, PinState(), "token.pin_wrong_uncounted"),
        ("CKF_USER_PIN_COUNT_LOW", PinState(low=True), "token.pin_wrong_uncounted"),
        ("CKF_USER_PIN_FINAL_TRY", PinState(1, final_try=True), "token.pin_wrong_final"),
        ("CKF_USER_PIN_LOCKED", PinState(0, locked=True), "token.pin_locked"),
    ],
)
def test_token_flags_tell_the_pin_state(flags: str | int, state: PinState, code: str) -> None:
    from gongwen_client.token.pkcs11 import pin_state
    from gongwen_client.token.pkcs11_errors import login_error

    seen = pin_state(getattr(PyKCS11, flags) if isinstance(flags, str) else flags)
    assert seen == state
    assert login_error(PyKCS11.CKR_PIN_INCORRECT, seen).code == code
