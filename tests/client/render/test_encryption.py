"""Encrypted files in the workers: unlocked once, drawn, read, verified; nothing decrypted on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.encryption.ciphers import PASSWORD, encrypted, recipient, written
from docs.office import DAY, NOW, Authority
from gongwen_client.render import RenderPool
from gongwen_client.render.opened import OpenDocuments
from gongwen_crypto import sm2_encryption
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.issue import Usage
from gongwen_docs.ofd.encryption.keys import derive_key
from gongwen_docs.write.encryption import CertificateUser


@pytest.fixture(scope="module")
def pool() -> Iterator[RenderPool]:
    pool = RenderPool(2)
    yield pool
    pool.stop()


def test_password(pool: RenderPool, tmp_path: Path) -> None:
    path = written(tmp_path, encrypted())
    with pytest.raises(KnownError) as caught:
        pool.open(path)
    assert caught.value.code == "ofd.document.encrypted"
    (lock,) = pool.locks(path)
    assert lock.by_password
    for _ in range(3):
        with pytest.raises(KnownError) as caught:
            pool.unlock(path, bytes(derive_key(b"wrong")))
        assert caught.value.code == "ofd.encryption.wrong_password"
    pool.unlock(path, bytes(derive_key(PASSWORD.encode())))
    assert pool.locks(path) == ()
    assert pool.open(path).page_count == 2
    assert "9月\n1日" in pool.text(path, 0).text
    assert pool.verify(path, None, NOW + DAY)["verdict"] == "unsigned"
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_keys_outlive_a_worker_and_not_the_lock(pool: RenderPool, tmp_path: Path) -> None:
    path = written(tmp_path, encrypted())
    pool.unlock(path, bytes(derive_key(PASSWORD.encode())))
    pool.forget(path)
    assert pool.render(path, 0, 72).pixels.width > 0
    pool.lock(path)
    with pytest.raises(KnownError) as caught:
        pool.open(path)
    assert caught.value.code == "ofd.document.encrypted"


def test_a_call_under_way_leaves_nothing_open(pool: RenderPool, tmp_path: Path) -> None:
    """It still had the keys, and its worker was at work when all were told to forget."""
    path = written(tmp_path, encrypted())
    opened = OpenDocuments()
    pool.unlock(path, bytes(derive_key(PASSWORD.encode())))
    opened.keys = dict(pool._keys[path])
    assert opened.get(path) is opened.get(path)
    opened.keys = {}
    with pytest.raises(KnownError, match=r"ofd\.document\.encrypted"):
        opened.get(path)


def test_another_file_in_its_place_is_locked_again(pool: RenderPool, tmp_path: Path) -> None:
    path = written(tmp_path, encrypted())
    pool.unlock(path, bytes(derive_key(PASSWORD.encode())))
    pool.open(path)
    pool.forget(path)
    written(tmp_path, encrypted())
    with pytest.raises(KnownError) as caught:
        pool.open(path)
    assert caught.value.code == "ofd.document.encrypted"


def test_certificate_key_from_outside_the_worker(pool: RenderPool, tmp_path: Path) -> None:
    authority = Authority.found()
    signer = authority.certify("准格尔旗人民政府", usage=Usage.ENCRYPTION)
    other, _ = recipient(authority, "达拉特旗人民政府")
    users = [other, CertificateUser(Certificate.load(signer.certificate_der), "准格尔旗人民政府")]
    path = written(tmp_path, encrypted(users=users))
    (lock,) = pool.locks(path)
    assert lock.by_certificate
    user = next(user for user in lock.users if user.certificate_der == signer.certificate_der)
    key = sm2_encryption.decrypt(signer.pair, user.wrapped_key)
    pool.unlock(path, keys={lock.seed: key + user.iv})
    assert pool.open(path).page_count == 2


def test_two_layers_one_after_the_other(pool: RenderPool, tmp_path: Path) -> None:
    authority = Authority.found()
    signer = authority.certify("准格尔旗人民政府", usage=Usage.ENCRYPTION)
    user = CertificateUser(Certificate.load(signer.certificate_der))
    path = written(tmp_path, encrypted(encrypted(), users=[user]))
    (lock,) = pool.locks(path)
    key = sm2_encryption.decrypt(signer.pair, lock.users[0].wrapped_key)
    pool.unlock(path, keys={lock.seed: key + lock.users[0].iv})
    (inner,) = pool.locks(path)
    assert inner.by_password
    pool.unlock(path, bytes(derive_key(PASSWORD.encode())))
    assert pool.open(path).page_count == 2


def test_a_plain_file_has_no_locks(pool: RenderPool, tmp_path: Path) -> None:
    from docs.office import write_document

    assert pool.locks(write_document(tmp_path / "plain.ofd")) == ()
