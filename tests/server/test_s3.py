"""Bytes in an S3 store: uploads go on, digests are checked, ranges come out, faults refuse."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fakes.documents import OFD, accept, announce, digest_of, send, upload
from fakes.exchange import RunningExchange
from fakes.s3 import s3_store
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.messages import Problem
from gongwen_server.blobs.s3 import S3Blobs
from gongwen_server.blobs.store import Blobs, open_blobs

DATA = bytes(range(256)) * 40_000  # ten megabytes: more than one part of a multipart upload
UPLOAD = "a" * 32


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    with s3_store() as place:
        yield place


@pytest.fixture
def blobs(place: str, request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    place, _, query = place.partition("?")
    return open_blobs(f"{place}/{request.node.name}?{query}", tmp_path)


def test_an_upload_goes_on_and_becomes_a_blob(blobs: Blobs) -> None:
    blobs.begin(UPLOAD)
    step = 3_000_000
    for begin in range(0, len(DATA), step):
        assert blobs.offset(UPLOAD) == begin
        blobs.append(UPLOAD, begin, DATA[begin : begin + step], len(DATA))
    assert not blobs.holds(digest_of(DATA))
    assert blobs.finish(UPLOAD, digest_of(DATA))
    assert blobs.finish(UPLOAD, digest_of(DATA)), "killed before the database heard of it"
    assert blobs.size(digest_of(DATA)) == len(DATA)
    assert b"".join(blobs.read(digest_of(DATA), 5, 2_000_000)) == DATA[5:2_000_000]
    assert list(blobs.digests()) == [digest_of(DATA)]
    assert list(blobs.unfinished()) == []


def test_wrong_bytes_become_nothing(blobs: Blobs) -> None:
    blobs.begin(UPLOAD)
    blobs.append(UPLOAD, 0, DATA[:100], 100)
    assert not blobs.finish(UPLOAD, digest_of(b"something else"))
    with pytest.raises(RefusedError, match=r"upload\.gone"):
        blobs.offset(UPLOAD)


def test_of_racing_writers_one_wins(blobs: Blobs) -> None:
    blobs.begin(UPLOAD)

    def write(number: int) -> bool:
        try:
            blobs.append(UPLOAD, 0, bytes([number]) * 1000, 1000)
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, range(8))) == 1
    assert blobs.offset(UPLOAD) == 1000


def test_kept_and_removed(blobs: Blobs) -> None:
    blobs.keep(digest_of(OFD), io.BytesIO(OFD))
    blobs.require_writable()
    assert blobs.head(digest_of(OFD), 4) == OFD[:4]
    blobs.remove(digest_of(OFD))
    assert not blobs.holds(digest_of(OFD))


def test_an_absent_store_is_said(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="store_address"):
        open_blobs("s3://bucket?endpoint=http://192.0.2.1", tmp_path)
    with s3_store() as place:
        gone = open_blobs(place, tmp_path)
    assert isinstance(gone, S3Blobs)


def test_a_document_travels(place: str, tmp_path: Path) -> None:
    running = RunningExchange(tmp_path / "home", blobs=place)
    running.populate()
    sender, receiver = running.log_in("001"), running.log_in("002")
    try:
        data = OFD + DATA
        document = send(sender, ("002", 1), data=data)
        assert announce(sender, data).complete
        accept(receiver, document)
        path = f"/v1/blobs/{document.body.digest}"
        assert receiver.get(path).content == data
        ranged = receiver.get(path, headers={"Range": f"bytes={len(OFD)}-{len(OFD) + 9}"})
        assert (ranged.status_code, ranged.content) == (206, DATA[:10])
        assert receiver.get(path, headers={"Range": "bytes=-5"}).content == data[-5:]
        assert receiver.get(path, headers={"Range": f"bytes={len(data)}-"}).status_code == 416
        other = receiver.get(path, headers={"Range": "bytes=1-2", "If-Range": '"another"'})
        assert (other.status_code, len(other.content)) == (200, len(data))
        assert receiver.call("HEAD", path).headers["Content-Length"] == str(len(data))
        wrong = announce(sender, b"the announced bytes")
        answer = sender.call(
            "PATCH", f"/v1/uploads/{wrong.upload_id}", data=b"x" * 19, headers={"Upload-Offset": "0"}
        )
        assert Problem.model_validate_json(answer.content).code == "upload.digest_wrong"
        assert upload(sender, b"the announced bytes").size == 19
    finally:
        sender.close()
        receiver.close()
        running.stop()
