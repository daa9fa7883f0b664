"""The same exchange on PostgreSQL: schema, walk, exactly once, quota, order of changes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import requests
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from fakes.documents import OFD, accept, delivery_of, letter, new_key, send, sync, upload
from fakes.exchange import Caller, RunningExchange
from fakes.postgresql import find_programs, private_cluster
from gongwen_protocol.messages import AttendedCheck, LoginRequest, Problem, TicketGrant, TicketRequest
from gongwen_protocol.receipts import verify_chain
from gongwen_server.db.tables import Base

PROGRAMS = find_programs()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="no pg_ctl under /usr/lib/postgresql")


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    assert PROGRAMS is not None
    with private_cluster(PROGRAMS) as url:
        yield url


@pytest.fixture(scope="module")
def exchange(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    home: Path = tmp_path_factory.mktemp("postgresql") / "home"
    running = RunningExchange(home, database_url=database_url)
    running.populate()
    yield running
    running.stop()


def test_migrations_and_tables_agree(exchange: RunningExchange) -> None:
    with exchange.exchange.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_document_travels(exchange: RunningExchange, sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 2), ("003", 1))
    accept(receiver, document)
    answer = sync(sender)
    assert verify_chain(answer.receipts, [exchange.exchange.signer.certificate_der]) is None
    assert sync(receiver).documents[0].document_id == document.document_id


def test_repeats_at_once_have_one_effect(sender: Caller, receiver: Caller) -> None:
    request, key = letter(upload(sender, OFD), ("002", 1)), new_key()

    def post(_: int) -> requests.Response:
        return sender.post("/v1/documents", request, key=key)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(post, range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


def test_first_wrong_passwords_at_once_are_each_counted(sender: Caller) -> None:
    wrong = LoginRequest(unit_code="001", account="never seen before", password="not this one")

    def guess(_: int) -> requests.Response:
        return sender.post("/v1/session", wrong)

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(guess, range(5)))
    facts = [Problem.model_validate_json(answer.content).facts for answer in answers]
    assert sorted(str(fact.get("tries_left", 0)) for fact in facts) == ["0", "1", "2", "3", "4"]


def test_racing_reservations_keep_the_quota(sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 5))
    delivery = delivery_of(document, receiver)
    accept(receiver, document)

    def reserve(number: int) -> list[int]:
        request = TicketRequest(count=1 + number % 2, printer="一号")
        answer = receiver.post(f"/v1/deliveries/{delivery.delivery_id}/tickets", request, key=new_key())
        if answer.status_code == 409:
            return []
        return [ticket.copy_number for ticket in TicketGrant.model_validate_json(answer.content).tickets]

    with ThreadPoolExecutor(8) as pool:
        numbers = [number for taken in pool.map(reserve, range(16)) for number in taken]
    assert sorted(numbers) == [1, 2, 3, 4, 5]


def test_a_poll_never_overtakes_a_change(sender: Caller, receiver: Caller) -> None:
    """Documents sent at once are all heard of, by a reader that polls between their commits."""
    body = upload(sender, OFD)
    cursor = sync(receiver).cursor
    wanted = {f"{number:032x}" for number in range(24)}
    heard: set[str] = set()

    def post(document_id: str) -> None:
        request = letter(body, ("002", 1), document_id=document_id)
        assert sender.post("/v1/documents", request, key=new_key()).status_code == 201

    with ThreadPoolExecutor(6) as pool:
        pending = [pool.submit(post, document_id) for document_id in sorted(wanted)]
        while not all(task.done() for task in pending):
            answer = sync(receiver, cursor)
            cursor = answer.cursor
            heard |= {document.document_id for document in answer.documents}
        for task in pending:
            task.result()
    answer = sync(receiver, cursor)
    heard |= {document.document_id for document in answer.documents}
    assert heard >= wanted


def test_receipts_cannot_be_changed_in_passing(
    exchange: RunningExchange, sender: Caller, database_url: str
) -> None:
    send(sender, ("002", 1))
    for statement in ("UPDATE receipts SET statement = ''", "DELETE FROM receipts", "TRUNCATE receipts"):
        with psycopg.connect(database_url) as connection, pytest.raises(psycopg.Error, match="append-only"):
            connection.execute(statement)


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
def test_nul_is_refused_not_a_fault(sender: Caller, text: str) -> None:
    body = letter(upload(sender, OFD), ("002", 1)).model_dump(mode="json")
    for place in ("doc_number", "title", "main_text"):
        wrong = {**body, "elements": {**body["elements"], place: text}}
        answer = sender.call("POST", "/v1/documents", json=wrong, headers={"Idempotency-Key": new_key()})
        assert answer.status_code in (201, 409, 422), answer.text
    login = {"unit_code": text, "account": text, "password": text}
    assert sender.call("POST", "/v1/session", json=login).status_code == 422


def test_without_evidence_nothing_is_accepted(sender: Caller, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE receipts RENAME TO away")
    request, key = letter(upload(sender, OFD), ("002", 1)), new_key()
    refused = sender.post("/v1/documents", request, key=key)
    assert Problem.model_validate_json(refused.content).code == "exchange.evidence_unwritable"
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE away RENAME TO receipts")
    assert sender.post("/v1/documents", request, key=key).status_code == 201
    check = AttendedCheck(looked_at=datetime.now(UTC))
    assert sender.post("/v1/attended-checks", check, key=new_key()).status_code == 201
