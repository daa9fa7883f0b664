"""The PKCS#11 back end in one process: nobody stays logged in, wrong profiles and modules are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fakes.softhsm import LIBRARY, SoftHsm, new_keys
from gongwen_client.token.keys import KeyInfo
from gongwen_client.token.pkcs11 import Pkcs11Backend
from gongwen_client.token.profiles import Input, ModuleConfig, ModuleProfile
from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_crypto.keys import KeyKind

PyKCS11 = pytest.importorskip("PyKCS11")
pytestmark = [
    pytest.mark.softhsm,
    pytest.mark.skipif(not LIBRARY.is_file(), reason=f"SoftHSM2 is not installed ({LIBRARY})"),
]
PIN = "Kanarie-7391"


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pkcs11Backend:
    hsm = SoftHsm(tmp_path)
    hsm.prepare()
    monkeypatch.setenv("SOFTHSM2_CONF", str(hsm.configuration))
    hsm.make_token(PIN, new_keys())
    made = Pkcs11Backend(ModuleConfig(LIBRARY))
    yield made
    made.close()


def key_of(backend: Pkcs11Backend, algorithm: str) -> KeyInfo:
    return next(key for key in backend.survey().keys if key.algorithm_oid == algorithm)


def is_logged_in() -> bool:
    """Whether this process is logged in to any token; log-in holds for all sessions of a process."""
    library = PyKCS11.PyKCS11Lib().load(str(LIBRARY))
    try:
        states = []
        for slot in library.getSlotList(tokenPresent=True):
            if not library.getTokenInfo(slot).flags & PyKCS11.CKF_TOKEN_INITIALIZED:
                continue
            session = library.openSession(slot)
            states.append(session.getSessionInfo().state)
            session.closeSession()
        return PyKCS11.CKS_RO_USER_FUNCTIONS in states
    finally:
        library.unload()


@pytest.mark.parametrize("pin", [PIN, "00000000", "short"])
def test_nobody_stays_logged_in(backend: Pkcs11Backend, pin: str) -> None:
    key = key_of(backend, "1.2.840.10045.4.3.2")
    try:
        backend.sign(key.key_id, bytearray(pin.encode()), b"m")
    except KnownError:
        assert pin != PIN
    assert not is_logged_in()


def test_a_wrong_profile_is_noticed_before_the_signature_is_used(
    backend: Pkcs11Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The profile says e where the module wants the plain hash: the value does not verify."""
    key = key_of(backend, "1.2.840.10045.4.3.2")
    from gongwen_client.token import pkcs11

    right = pkcs11.choose_profile("softhsm2", "", "")

    def wrong(name: str, manufacturer: str, file_name: str, version: str) -> ModuleProfile:
        rule = replace(right.rules[KeyKind.P256], input=Input.E)
        return replace(right, rules=right.rules | {KeyKind.P256: rule})

    monkeypatch.setattr(pkcs11, "choose_profile", wrong)
    with pytest.raises(KnownError, match=r"token\.signature_mismatch"):
        backend.sign(key.key_id, bytearray(PIN.encode()), b"m")
    assert not is_logged_in()


def test_a_missing_algorithm_is_told_before_the_pin_is_tried(
    backend: Pkcs11Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(backend, "1.2.840.113549.1.1.11")
    from gongwen_client.token import pkcs11

    right = pkcs11.choose_profile("softhsm2", "", "")
    monkeypatch.setattr(pkcs11, "choose_profile", lambda *_: replace(right, rules={}))
    with pytest.raises(KnownError, match=r"token\.mechanism_unsupported"):
        backend.sign(key.key_id, bytearray(b"00000000"), b"m")
    assert not key_of(backend, key.algorithm_oid).pin.low


def test_a_module_that_is_missing_is_a_problem_and_not_a_failure(tmp_path: Path) -> None:
    for name in ("missing.so", "text.so"):
        (tmp_path / "text.so").write_text("no library")
        backend = Pkcs11Backend(ModuleConfig(tmp_path / name))
        inventory = backend.survey()
        assert inventory.keys == ()
        assert [problem.code for problem in inventory.problems] == ["token.module_missing"]
        with pytest.raises(GongwenError, match=r"token\.module_missing"):
            backend.poll()
        backend.close()
