"""Bar S3: every call of a key's library × every error that its standard lists, and the ways a driver dies.

A cell plays one fault and does what a person would: look, sign, open a content key, change the PIN. Then:
the outcome is a signature that verifies or an error with a sentence; the PIN was given to the key once at
most; the key still has all its tries; and with the fault gone the next signature works, in the same broker
or, after a crash or a hang, in a new one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakes.folder_token import PIN, SANSEC, VARIABLE, FolderToken
from fakes.standard_errors import CKR_BY_CALL, SAR_CODES, SKF_CALLS
from gongwen_client.token.keys import KeyInfo, KeyRole
from gongwen_client.token.profiles import ModuleConfig
from gongwen_client.token.proxy import Timeouts, TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto import sm2_encryption
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import GongwenError
from gongwen_crypto.keys import verify_signature
from gongwen_protocol.sentences import catalogue, sentence

MESSAGE = "经研究，现予印发。".encode()
NEW_PIN = "Kanarie-8402"
CONTENT_KEY = bytes(range(16))
PATIENT = Timeouts(start=60, look=30, sign=30, poll_every=60)
"""For cells that only return errors: on a busy machine nothing shall look like a hang."""
SHORT = Timeouts(start=60, look=1.5, sign=1.5, poll_every=60)
"""For cells that hang: half of what the product waits."""

PKCS11_PROFILE = """title = "矩阵"
hotplug = "{hotplug}"
[sign.SM2]
mech_sign = 0x80008105
input = "e"
output = "raw64"
[decrypt.SM2]
mech_decrypt = 0x80008200
cipher = "c1c3c2"
"""
SKF_PROFILE = 'title = "矩阵"\ndecrypt_call = "SKF_ECCDecrypt"\n'

#: Calls whose failure undoes nothing: the outcome of the operation stands.
TIDYING = {
    *("C_Logout", "C_CloseSession", "C_Finalize", "C_WaitForSlotEvent"),
    *("SKF_DisConnectDev", "SKF_CloseApplication", "SKF_CloseContainer", "SKF_ClearSecureState"),
}
#: What is done to meet a call; signing meets all others.
MET_BY = {
    "C_WaitForSlotEvent": "poll",
    "C_GetMechanismList": "mechanisms",
    "C_GetMechanismInfo": "mechanisms",
    "C_DecryptInit": "unwrap",
    "C_Decrypt": "unwrap",
    "C_SetPIN": "change_pin",
    "SKF_ChangePIN": "change_pin",
    "SKF_ECCDecrypt": "unwrap",
}
#: Calls of loading a library and letting it go: a module that is loaded anew for each look meets them.
AT_LOADING = {"C_GetFunctionList", "C_Initialize", "C_GetInfo", "C_Finalize"}
PIN_CALLS = {"C_Login", "C_SetPIN", "SKF_VerifyPIN", "SKF_ChangePIN"}


@dataclass
class Bench:
    """A token, a broker for it, and its keys."""

    token: FolderToken
    broker: TokenBroker
    signing: KeyInfo
    encryption: KeyInfo
    wrapped: bytes

    def do(self, operation: str) -> str:
        """The error's code, or empty when it worked; a signature that came is a good one."""
        try:
            self._do(operation)
        except GongwenError as caught:
            error = caught
        else:
            return ""
        assert error.code in catalogue(), "every error has its sentence"
        assert "Kanarie" not in f"{error!r} {error.facts} {sentence(error)}"
        return error.code

    def _do(self, operation: str) -> None:
        match operation:
            case "sign":
                self._sign()
            case "unwrap":
                key = self.broker.unwrap(self.encryption.key_id, PIN, self.wrapped)
                assert key == CONTENT_KEY
            case "change_pin":
                self.broker.change_pin(self.signing.key_id, PIN, NEW_PIN)
            case "mechanisms":
                self.broker.mechanisms()
            case "poll":
                self.broker.poll()

    def _sign(self) -> None:
        value = self.broker.sign(self.signing.key_id, PIN, MESSAGE)
        key = Certificate.load(self.signing.certificate_der).public_key
        assert verify_signature(key, self.signing.algorithm_oid, MESSAGE, value)

    def cell(self, call: str, act: str) -> str:
        """Play one fault, do what meets the call, mend, and see that all works again."""
        token = self.token
        token.forget_calls()
        token.play(**{call: act})
        outcome = self.do(MET_BY.get(call, "sign"))
        assert call in token.calls, "the operation did not meet the call"
        assert sum(token.calls.count(name) for name in PIN_CALLS) <= 1, "a PIN was tried twice"
        assert token.tries_left() == 6, "a try was spent"
        token.play()
        token.plug()
        assert self.do("sign") == "", f"not usable after {call} {act}"
        return outcome


def make_bench(
    kind: str, folder: Path, open_broker: Callable[..., TokenBroker], timeouts: Timeouts, hotplug: str
) -> Bench:
    """A bench with a signing and an encryption key in one container."""
    token = FolderToken(folder / "token", SANSEC)
    token.add_slot()
    token.add_key()
    wrapping = token.add_encryption_key()
    profile = folder / "matrix.toml"
    profile.write_text(SKF_PROFILE if kind == "skf" else PKCS11_PROFILE.format(hotplug=hotplug))
    module: ModuleConfig = getattr(token, kind)(str(profile))
    memory = folder / "memory.json"
    modules = {"skf_modules" if kind == "skf" else "modules": (module,)}
    broker = open_broker(BrokerConfig(**modules, memory=memory), timeouts=timeouts)
    keys = broker.list_keys()
    broker.poll()  # from now on events are asked for
    encryption = next(key for key in keys if key.role is KeyRole.ENCRYPTION)
    signing = next(key for key in keys if key.role is KeyRole.SIGNING)
    wrapped = sm2_encryption.encrypt(wrapping.signer.pair.point, CONTENT_KEY)
    return Bench(token, broker, signing, encryption, wrapped)


@pytest.fixture
def bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_broker: Callable[..., TokenBroker]
) -> Iterator[Callable[..., Bench]]:
    """Makes benches; when the test is over nothing that was written holds the PIN."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "token"))

    def make(kind: str, timeouts: Timeouts = PATIENT, hotplug: str = "wait") -> Bench:
        return make_bench(kind, tmp_path, open_broker, timeouts, hotplug)

    yield make
    for path in tmp_path.rglob("*"):
        if stat.S_ISREG(path.stat().st_mode):
            assert b"Kanarie" not in path.read_bytes(), path.name


def hotplug_for(call: str) -> str:
    return "reload" if call in AT_LOADING else "wait"


def is_fit(call: str, outcome: str, value: int) -> bool:
    """Whether an outcome is what a call's failure must lead to: an error, but for tidying."""
    if call in TIDYING:
        return True
    # Attributes that an object does not have are no error; C_Initialize may find itself initialised.
    harmless = (call == "C_GetAttributeValue" and value in (0x07, 0x11, 0x12)) or value == 0x191
    return bool(outcome) or harmless


@pytest.mark.parametrize("call", CKR_BY_CALL)
def test_every_error_of_every_pkcs11_call(call: str, bench: Callable[..., Bench]) -> None:
    """262 cells."""
    made = bench("pkcs11", hotplug=hotplug_for(call))
    for value in CKR_BY_CALL[call]:
        outcome = made.cell(call, hex(value))
        assert is_fit(call, outcome, value), f"{call} {value:#x} was overlooked"
        assert outcome not in ("token.timeout", "token.broker_died", "token.unknown_call")


@pytest.mark.parametrize("call", SKF_CALLS)
@pytest.mark.parametrize(
    "codes", [SAR_CODES[0x22:0x29], pytest.param(SAR_CODES, marks=pytest.mark.long)], ids=["pin", "all"]
)
def test_every_error_of_every_skf_call(
    call: str, codes: tuple[int, ...], bench: Callable[..., Bench]
) -> None:
    """133 cells about devices and PINs; 950 in the long lane."""
    made = bench("skf")
    for value in codes:
        outcome = made.cell(call, hex(value))
        missing = call == "SKF_ExportCertificate" and value == 0x0A00001C  # a container without this pair
        assert outcome or call in TIDYING or missing, f"{call} {value:#x} was overlooked"
        assert outcome not in ("token.timeout", "token.broker_died")


KINDS_OF_CALLS = [
    *(("pkcs11", call) for call in CKR_BY_CALL),
    *(("skf", call) for call in SKF_CALLS),
]
QUICK = {"C_Login", "C_Sign", "SKF_ECCSignData"}
EVERY_CALL = [
    pytest.param(kind, call, marks=() if call in QUICK else pytest.mark.long, id=call)
    for kind, call in KINDS_OF_CALLS
]


@pytest.mark.parametrize(("kind", "call"), EVERY_CALL)
def test_unplugging_during_each_call(kind: str, call: str, bench: Callable[..., Bench]) -> None:
    made = bench(kind, hotplug=hotplug_for(call))
    outcome = made.cell(call, "unplug")
    assert outcome in ("", "token.removed", "token.not_found", "token.driver_failed", "token.module_missing")


@pytest.mark.parametrize(("kind", "call"), EVERY_CALL)
@pytest.mark.parametrize("act", ["segv", "abort", "exit"])
def test_a_crash_in_each_call(kind: str, call: str, act: str, bench: Callable[..., Bench]) -> None:
    made = bench(kind, hotplug=hotplug_for(call))
    before = made.broker.pid
    assert made.cell(call, act) == "token.broker_died"
    assert made.broker.pid != before


@pytest.mark.parametrize(("kind", "call"), EVERY_CALL)
def test_a_hang_in_each_call(kind: str, call: str, bench: Callable[..., Bench]) -> None:
    made = bench(kind, SHORT, hotplug_for(call))
    assert made.cell(call, "hang") == "token.timeout"


def test_the_product_waits_three_seconds_at_most() -> None:
    """The bar's number is the product's setting; the cells above show that it is kept."""
    assert (Timeouts().look, Timeouts().sign) == (3.0, 3.0)


@pytest.mark.parametrize("call", ["C_Sign", "C_FindObjects", "SKF_ECCSignData"])
def test_a_slow_key_is_waited_for(call: str, bench: Callable[..., Bench]) -> None:
    made = bench("skf" if call.startswith("SKF") else "pkcs11")
    assert made.cell(call, "slow:300") == ""


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs /proc")
def test_a_crash_leaves_no_core_and_no_pin(bench: Callable[..., Bench], tmp_path: Path) -> None:
    made = bench("pkcs11")
    made.do("sign")
    place = Path("/proc") / str(made.broker.pid)
    assert b"Kanarie" not in (place / "cmdline").read_bytes()
    try:
        limits, environment = (place / "limits").read_text(), (place / "environ").read_bytes()
    except PermissionError:
        limits, environment = "Max core file size 0 0", b""  # hidden from its own user, as it should be
    core = next(line.split() for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core[4:6] == ["0", "0"]
    assert b"Kanarie" not in environment
    made.token.play(C_Sign="segv")
    assert made.do("sign") == "token.broker_died"
    assert not [path for path in (tmp_path, Path.cwd()) for core in path.glob("core*") if core.is_file()]
    assert os.environ.get("PYTHONFAULTHANDLER") is None
