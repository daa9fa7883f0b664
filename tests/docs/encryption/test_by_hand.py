"""A package put together without our writer, the way one open implementation lays it out."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from docs.office import document_parts
from gongwen_docs.ofd.container import pack
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.encryption.keys import Password, derive_key

KEY, IV, PASSWORD = bytes(range(16)), bytes(range(100, 116)), "12345678"
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def cbc(key: bytes, data: bytes) -> bytes:
    """SM4-CBC with PKCS#7."""
    fill = 16 - len(data) % 16
    encryptor = Cipher(algorithms.SM4(key), modes.CBC(IV)).encryptor()
    return encryptor.update(data + bytes((fill,)) * fill) + encryptor.finalize()


def derived() -> bytes:
    """GB/T 32918.3 5.4.3: SM3 of the password and a counter that begins with one."""
    if "sm3" not in hashlib.algorithms_available:
        pytest.skip("this OpenSSL has no SM3 to compare with")
    return hashlib.new("sm3", PASSWORD.encode() + b"\x00\x00\x00\x01").digest()[:16]


def test_the_key_of_a_password() -> None:
    assert derive_key(PASSWORD.encode()) == derived()


def test_a_package_without_a_scheme_and_with_names_of_its_own() -> None:
    places = {name: f"{name.rpartition('.')[0]}_{number}.dat" for number, name in enumerate(document_parts())}
    entries = "".join(
        f'<ofd:EncryptEntry Path="/{name}" EPath="/{place}"/>' for name, place in places.items()
    )
    listed = f'<?xml version="1.0"?><ofd:EncryptEntries {SPACE} ID="1">{entries}</ofd:EncryptEntries>'
    seed = (
        f'<ofd:DecyptSeed {SPACE} ID="1"><ofd:ExtendParams/><ofd:UserInfo UserName="user">'
        f"<ofd:IVValue>{base64.b64encode(IV).decode()}</ofd:IVValue>"
        f"<ofd:EncryptedWK>{base64.b64encode(cbc(derived(), KEY)).decode()}</ofd:EncryptedWK>"
        "</ofd:UserInfo></ofd:DecyptSeed>"
    )
    info = (
        f'<ofd:Encryptions {SPACE}><ofd:EncryptInfo ID="1"><ofd:Provider ProviderName="other"/>'
        "<ofd:EncryptScope>All</ofd:EncryptScope><ofd:EncryptDate>2026-11-20</ofd:EncryptDate>"
        "<ofd:DecryptSeedLoc>/decryptseed.dat</ofd:DecryptSeedLoc>"
        "<ofd:EntriesMapLoc>/entriesmap.dat</ofd:EntriesMapLoc></ofd:EncryptInfo></ofd:Encryptions>"
    )
    data = pack(
        {places[name]: cbc(KEY, part) for name, part in document_parts().items()}
        | {
            "Encryptions.xml": info.encode(),
            "decryptseed.dat": seed.encode(),
            "entriesmap.dat": cbc(KEY, listed.encode()),
        }
    )
    with OfdDocument.open(data, openers=[Password.of(PASSWORD)]) as document:
        package = document.package
        assert {name: package.read(name) for name in package.names} == document_parts()
