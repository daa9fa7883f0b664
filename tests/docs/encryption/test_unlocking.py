"""Encrypted packages (GM/T 0099-2020): what is written is read again, by those for whom it is."""

from __future__ import annotations

import pytest

from docs.encryption.ciphers import OPENER, PASSWORD, encrypted, recipient, stored
from docs.office import NOW, Authority, document_parts
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_docs.draw import open_drawing
from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.encryption.keys import LayerKeys, Opener, Password
from gongwen_docs.ofd.encryption.unlocking import unlock
from gongwen_docs.write.encryption import PasswordUser, encrypt


def unlocked_parts(data: bytes, *openers: Opener) -> dict[str, bytes]:
    with Package.open(data) as package:
        unlock(package, openers)
        return {name: package.read(name) for name in package.names}


def test_password_gives_the_very_files_back() -> None:
    assert unlocked_parts(encrypted(), OPENER) == document_parts()


def test_large_files() -> None:
    scan = bytes(range(256)) * 8192
    parts = document_parts() | {"Doc_0/Res/scan.bin": scan}
    data = encrypted(parts)
    assert len(data) < len(scan) + 64 * 1024
    assert unlocked_parts(data, OPENER) == parts


def test_nothing_of_the_content_is_in_the_file() -> None:
    parts = stored(encrypted())
    assert not set(parts) & set(document_parts())
    assert not any(b"Document" in data for name, data in parts.items() if name != "Encryptions.xml")


def test_an_encrypted_file_says_so() -> None:
    with pytest.raises(KnownError) as caught:
        OfdDocument.open(encrypted())
    assert caught.value.code == "ofd.document.encrypted"


def test_a_wrong_password_says_so_however_often() -> None:
    data = encrypted()
    for guess in ("公文加密口令-2025", "", "x" * 5000):
        with pytest.raises(KnownError) as caught:
            OfdDocument.open(data, openers=[Password.of(guess)])
        assert caught.value.code == "ofd.encryption.wrong_password"


def test_each_of_several_users_opens() -> None:
    users = [PasswordUser("owner-password", "办公室", "Owner"), PasswordUser(PASSWORD, "收发员")]
    data = encrypted(users=users)
    for user in users:
        with OfdDocument.open(data, openers=[Password.of(user.password)]) as document:
            assert document.unlocked is not None
            assert document.unlocked.users == (user.name,)
            assert len(document.pages) == 2


def test_certificates_open_with_their_own_keys_only(authority: Authority) -> None:
    (first, first_key), (second, second_key) = recipient(authority), recipient(authority, "达拉特旗人民政府")
    _, stranger = recipient(authority, "外单位")
    data = encrypted(users=[first, second])
    for opener in (first_key, second_key):
        assert unlocked_parts(data, opener) == document_parts()
    for other in (stranger, OPENER):
        with pytest.raises(KnownError) as caught:
            unlocked_parts(data, other)
        assert caught.value.code == "ofd.encryption.not_a_recipient"


def test_layers_open_from_the_outside_in(authority: Authority) -> None:
    user, key = recipient(authority)
    data = encrypted(encrypted(), users=[user])
    assert unlocked_parts(data, key, OPENER) == document_parts()
    for openers in ([OPENER], [key]):
        with pytest.raises(KnownError) as caught:
            OfdDocument.open(data, openers=openers)
        assert caught.value.code in ("ofd.document.encrypted", "ofd.encryption.not_a_recipient")


def test_keys_found_once_open_again() -> None:
    data = encrypted()
    with OfdDocument.open(data, openers=[OPENER]) as document:
        assert document.unlocked is not None
        keys = LayerKeys(document.unlocked.keys)
    assert unlocked_parts(data, keys) == document_parts()
    with pytest.raises(KnownError) as caught:
        unlocked_parts(encrypted(), keys)
    assert caught.value.code == "ofd.encryption.not_a_recipient"


def test_some_files_only_and_a_readable_map() -> None:
    def pages(name: str) -> bool:
        return "/Pages/" in name

    data = encrypted(scope=pages, hide_map=False)
    assert "OFD.xml" in stored(data)
    assert unlocked_parts(data, OPENER) == document_parts()


def test_the_encrypted_content_takes_the_place_of_what_lies_there_in_plain() -> None:
    decoy = document_parts(pages=1)
    data = pack({**stored(encrypted()), **decoy})
    with pytest.raises(KnownError) as caught:
        OfdDocument.open(data)  # the decoy is not shown as if it were the document
    assert caught.value.code == "ofd.document.encrypted"
    with OfdDocument.open(data, openers=[OPENER]) as document:
        assert len(document.pages) == 2
        assert set(document.package.replaced) == set(decoy)


def test_decrypted_pages_are_drawn() -> None:
    with OfdDocument.open(encrypted(), openers=[OPENER]) as document:
        drawing, plain = open_drawing(document), open_drawing(pack(document_parts()))
        assert drawing.render(0, 72).samples == plain.render(0, 72).samples


def test_short_passwords_are_refused() -> None:
    with pytest.raises(RefusedError) as caught:
        encrypted(users=[PasswordUser("1234567")])
    assert caught.value.code == "ofd.encryption.weak_password"


def test_a_signing_certificate_is_no_address(authority: Authority) -> None:
    import io

    from gongwen_crypto.certificates import Certificate
    from gongwen_docs.write.encryption import CertificateUser

    signer = authority.certify("东胜区人民政府")
    user = CertificateUser(Certificate.load(signer.certificate_der))
    with Package.open(pack(document_parts())) as package, pytest.raises(KnownError) as caught:
        encrypt(package, io.BytesIO(), [user], NOW)
    assert caught.value.code == "crypto.not_for_encryption"
