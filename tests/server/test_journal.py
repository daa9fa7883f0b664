"""What a served exchange writes about its work: a line of JSON each, no secret or content in any."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.documents import OFD, accept, delivery_of, letter, new_key, upload
from fakes.exchange import INITIAL_PASSWORD, PASSWORD, Caller, RunningExchange
from fakes.exchange_process import ServedProcess
from gongwen_protocol.access import DeviceCodeRequest
from gongwen_protocol.messages import DocumentView, Elements, LoginRequest, TicketRequest
from gongwen_server.services import devices, oa

TITLE = "关于不该出现在日志里的标题"


@pytest.mark.parametrize("fault", [False, True])
def test_lines_are_json_and_tell_no_secret(tmp_path: Path, fault: bool) -> None:
    running = RunningExchange(tmp_path / "home")
    running.populate()
    sender, receiver = running.log_in("001"), running.log_in("002")
    code = devices.give_code(running.exchange, DeviceCodeRequest(unit_code="003"), "交换中心").code
    client, secret = oa.register(running.exchange, "003", "协同办公", list(oa.OaScope))
    if fault:  # a failure of the database is told with its trace: of code, not of data
        with running.exchange.database.engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TRIGGER stuck BEFORE INSERT ON documents BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
    running.stop()
    process = ServedProcess(tmp_path / "home")
    process.start()
    office = Caller(process.url)
    for caller in (sender, receiver):
        caller.url = process.url
    key = new_key()
    request = letter(upload(sender, OFD), ("002", 1), elements=Elements(title=TITLE))
    sent = sender.post("/v1/documents", request, key=key)
    if not fault:
        document = DocumentView.model_validate_json(sent.content)
        accept(receiver, document)
        path = f"/v1/deliveries/{delivery_of(document, receiver).delivery_id}/tickets"
        assert receiver.post(path, TicketRequest(count=1, printer="一号"), key=new_key()).ok
    office.get("/v1/sync", headers={"Authorization": "Bearer a-stolen-token"})
    office.get("/oa/v1/inbox", auth=(client, secret))
    office.get(f"/v1/nowhere?password={PASSWORD}")
    office.post("/v1/session", LoginRequest(unit_code="001", account="clerk", password="guessed secret 9"))
    office.call("POST", "/v1/devices", json={"code": code, "name": "x"})
    process.stop()
    lines = (tmp_path / "home" / "server.log").read_text("utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    assert len(entries) > 8
    assert all({"time", "level", "message"} <= set(entry) for entry in entries)
    assert any(entry.get("route") == "/v1/documents" for entry in entries)
    assert not fault or any("exception" in entry for entry in entries)
    assert sender.grant is not None
    secrets = [PASSWORD, INITIAL_PASSWORD, "guessed secret 9", "a-stolen-token", sender.grant.token]
    secrets += [code, secret, TITLE, key, request.document_id, request.body.digest]
    text = "\n".join(lines)
    assert [one for one in secrets if one in text] == []
    for caller in (sender, receiver, office):
        caller.close()
