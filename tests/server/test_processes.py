"""Two processes on one PostgreSQL and one store, behind a proxy that knows nothing of sessions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fakes.documents import OFD, accept, announce, delivery_of, digest_of, letter, new_key, send, sync, upload
from fakes.exchange import QUICK, Caller, RunningExchange
from fakes.exchange_process import ServedProcess
from fakes.postgresql import find_programs, private_cluster
from fakes.round_robin import RoundRobin
from fakes.s3 import s3_store
from gongwen_protocol.messages import ChangeNotice, DocumentView, UploadState
from gongwen_protocol.receipts import verify_chain
from gongwen_server.services import administration, evidence

PROGRAMS = find_programs()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="no pg_ctl under /usr/lib/postgresql")


@pytest.fixture(scope="module", params=["directory", "s3"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    assert PROGRAMS is not None
    home: Path = tmp_path_factory.mktemp("processes") / "home"
    with private_cluster(PROGRAMS) as url, s3_store() as place:
        running = RunningExchange(home, database_url=url, blobs=place if request.param == "s3" else "blobs")
        running.populate()
        for code in ("001", "002", "003"):
            running.log_in(code).close()
        running.stop()
        yield home


@pytest.fixture(scope="module")
def proxy(home: Path) -> Iterator[RoundRobin]:
    first, second = ServedProcess(home), ServedProcess(home)
    starting = threading.Thread(target=first.start)  # at once: migrations and preparation take turns
    starting.start()
    second.start()
    starting.join(30)
    proxy = RoundRobin(first.url, second.url)
    yield proxy
    proxy.close()
    first.stop()
    second.stop()


@pytest.fixture(scope="module")
def people(proxy: RoundRobin) -> Iterator[dict[str, Caller]]:
    callers = {code: RunningExchange.caller_at(proxy.url, code) for code in ("001", "002", "003")}
    yield callers
    for caller in callers.values():
        caller.close()


def test_each_request_may_go_anywhere(people: dict[str, Caller]) -> None:
    sender, receiver = people["001"], people["002"]
    document = send(sender, ("002", 2), ("003", 1))
    accept(receiver, document)
    assert receiver.get(f"/v1/blobs/{document.body.digest}").content == OFD
    assert sync(receiver).documents[-1].document_id == document.document_id


def test_an_upload_goes_on_in_the_other_process(people: dict[str, Caller]) -> None:
    sender, data = people["001"], OFD + b"continued" * 1000
    state = announce(sender, data)
    for begin in range(0, len(data), 2500):
        answer = sender.call(
            "PATCH",
            f"/v1/uploads/{state.upload_id}",
            data=data[begin : begin + 2500],
            headers={"Upload-Offset": str(begin)},
        )
        assert answer.status_code == 200, answer.text
    assert UploadState.model_validate_json(answer.content).complete
    assert announce(sender, data).complete
    assert digest_of(data)


def test_news_crosses_processes(people: dict[str, Caller]) -> None:
    sender, receivers = people["001"], (people["002"], people["003"])
    cursors = [sync(receiver).cursor for receiver in receivers]

    def wait(number: int) -> bool:
        path = f"/v1/changes?cursor={cursors[number]}&wait=20"
        return ChangeNotice.model_validate_json(receivers[number].get(path).content).changed

    with ThreadPoolExecutor(2) as pool:  # one waits in each process, whichever the document comes to
        waiting = [pool.submit(wait, number) for number in range(2)]
        send(sender, ("002", 1), ("003", 1))
        assert [one.result(30) for one in waiting] == [True, True]


def test_one_key_has_one_effect_in_both(people: dict[str, Caller]) -> None:
    sender = people["001"]
    request, key = letter(upload(sender, OFD), ("002", 1)), new_key()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sender.post("/v1/documents", request, key=key), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


def test_the_log_stays_one_line(home: Path, people: dict[str, Caller]) -> None:
    sender = people["001"]
    body = upload(sender, OFD)

    def one(_: int) -> DocumentView:
        answer = sender.post("/v1/documents", letter(body, ("002", 1), ("003", 1)), key=new_key())
        return DocumentView.model_validate_json(answer.content)

    with ThreadPoolExecutor(6) as pool:
        documents = list(pool.map(one, range(18)))
        list(pool.map(lambda document: accept(people["002"], document), documents))
    assert all(delivery_of(document, people["002"]) for document in documents)
    with administration.opened(home, passwords=QUICK) as exchange:
        assert evidence.broken_at(exchange) is None
        receipts, cursor = [], 0
        while True:
            answer = sync(sender, cursor)
            receipts += answer.receipts
            cursor = answer.cursor
            if not answer.more:
                break
        assert verify_chain(receipts, [exchange.signer.certificate_der]) is None
    assert len({signed.receipt.sequence for signed in receipts}) == len(receipts)
