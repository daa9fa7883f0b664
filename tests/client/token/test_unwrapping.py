"""Content keys wrapped for a unit's encryption key, opened by each kind of key that can."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.folder_token import PIN, SANSEC, VARIABLE, FolderToken, new_pair
from gongwen_client.token.keyfile import create_key_file
from gongwen_client.token.keys import KeyRole
from gongwen_client.token.proxy import TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto import sm2_encryption
from gongwen_crypto.errors import GongwenError
from gongwen_crypto.issue import Usage

CONTENT_KEY = bytes(range(16))
SKF_PROFILE = 'title = "厂商"\ndecrypt_call = "SKF_ECCDecrypt"\n'
PKCS11_PROFILE = """title = "厂商"
[sign.SM2]
mech_sign = 0x80008105
input = "e"
output = "raw64"
[decrypt.SM2]
mech_decrypt = 0x80008200
cipher = "{form}"
"""
KINDS = ("keyfile", "pkcs11-der", "pkcs11-c1c3c2", "pkcs11-c1c2c3", "skf")


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderToken:
    made = FolderToken(tmp_path / "token")
    made.add_slot()
    made.add_key()
    monkeypatch.setenv(VARIABLE, str(made.folder))
    return made


def configured(kind: str, token: FolderToken, folder: Path) -> tuple[BrokerConfig, bytes]:
    """A configuration with an encryption key, and its public point."""
    if kind == "keyfile":
        pair = new_pair(usage=Usage.ENCRYPTION)
        path = folder / "slot" / "crypt.gwkey"
        path.parent.mkdir()
        create_key_file(
            path,
            pair.signer.pair.private,
            pair.certificate,
            None,
            PIN,
            label="加密",
            serial="GW-E",
            role=KeyRole.ENCRYPTION,
        )
        return BrokerConfig(keyfile_folders=(path.parent,)), pair.signer.pair.point
    point = token.add_encryption_key().signer.pair.point
    profile = folder / "own.toml"
    if kind == "skf":
        profile.write_text(SKF_PROFILE)
        return BrokerConfig(skf_modules=(token.skf(str(profile)),)), point
    form = kind.removeprefix("pkcs11-")
    profile.write_text(PKCS11_PROFILE.format(form=form))
    token.configure(*SANSEC[:-1], f"mech 0x80008200 decrypt - {form}")
    return BrokerConfig(modules=(token.pkcs11(str(profile)),)), point


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrapped_key_is_opened(
    kind: str, token: FolderToken, tmp_path: Path, open_broker: Callable[..., TokenBroker]
) -> None:
    config, point = configured(kind, token, tmp_path)
    broker = open_broker(config)
    key = next(key for key in broker.list_keys() if key.role is KeyRole.ENCRYPTION)
    assert broker.unwrap(key.key_id, PIN, sm2_encryption.encrypt(point, CONTENT_KEY)) == CONTENT_KEY
    other = sm2_encryption.encrypt(new_pair().signer.pair.point, CONTENT_KEY)
    with pytest.raises(GongwenError) as caught:
        broker.unwrap(key.key_id, PIN, other)
    assert caught.value.code == "crypto.not_decryptable"
    with pytest.raises(GongwenError) as caught:
        broker.unwrap(key.key_id, "00000000", other)
    assert caught.value.code.startswith("token.pin_wrong")
    with pytest.raises(GongwenError) as caught:
        broker.unwrap(key.key_id, "00000000", b"no ciphertext")
    assert caught.value.code == "crypto.bad_ciphertext", "told before a try is spent"


@pytest.mark.parametrize("kind", ["pkcs11", "skf"])
def test_what_cannot_decrypt_says_so_before_a_try_is_spent(
    kind: str, token: FolderToken, open_broker: Callable[..., TokenBroker]
) -> None:
    """The seal key's driver need not decrypt: SKF of 2012 has no such call, many modules no mechanism."""
    pair = token.add_encryption_key()
    wrapped = sm2_encryption.encrypt(pair.signer.pair.point, CONTENT_KEY)
    token.configure("mech 0x80008000 sm2 e der")
    config = (
        BrokerConfig(modules=(token.pkcs11("tass"),))
        if kind == "pkcs11"
        else BrokerConfig(skf_modules=(token.skf(),))
    )
    broker = open_broker(config)
    signing, encryption = sorted(broker.list_keys(), key=lambda key: key.role is KeyRole.ENCRYPTION)
    for key, code in (
        (encryption, "token.cannot_unwrap"),
        (signing, "token.not_an_encryption_key"),
    ):
        with pytest.raises(GongwenError) as caught:
            broker.unwrap(key.key_id, "00000000", wrapped)
        assert caught.value.code == code
    assert token.tries_left() == 6
