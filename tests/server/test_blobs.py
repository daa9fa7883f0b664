"""The local store of bytes: what it does when the disk is full or the server died in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.documents import digest_of
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_server.blobs.local import LocalBlobs

DATA = b"bytes of a document"
UPLOAD = "a" * 32


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


def test_a_full_disk_is_told(tmp_path: Path, blobs: LocalBlobs) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    (tmp_path / "blobs" / "parts" / UPLOAD).symlink_to("/dev/full")
    with pytest.raises(KnownError, match=r"exchange\.disk_full"):
        blobs.append(UPLOAD, 0, DATA, len(DATA))


def test_finishing_twice_is_finishing_once(blobs: LocalBlobs) -> None:
    blobs.begin(UPLOAD)
    blobs.append(UPLOAD, 0, DATA, len(DATA))
    assert blobs.finish(UPLOAD, digest_of(DATA))
    assert blobs.finish(UPLOAD, digest_of(DATA)), "killed before the database heard of it"
    assert blobs.head(digest_of(DATA), 5) == DATA[:5]
    with pytest.raises(RefusedError, match=r"upload\.gone"):
        blobs.finish(UPLOAD, digest_of(b"something else"))


def test_two_uploads_of_the_same_bytes_make_one_blob(blobs: LocalBlobs) -> None:
    for upload in ("1" * 32, "2" * 32):
        blobs.begin(upload)
        blobs.append(upload, 0, DATA, len(DATA))
        assert blobs.finish(upload, digest_of(DATA))
    assert blobs.path(digest_of(DATA)).read_bytes() == DATA


def test_wrong_bytes_are_thrown_away(blobs: LocalBlobs) -> None:
    blobs.begin(UPLOAD)
    blobs.append(UPLOAD, 0, DATA, len(DATA))
    assert not blobs.finish(UPLOAD, digest_of(b"something else"))
    assert not blobs.holds(digest_of(DATA))
    with pytest.raises(RefusedError, match=r"upload\.gone"):
        blobs.offset(UPLOAD)
