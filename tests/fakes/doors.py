"""Every route of the exchange: what it asks of a caller, whose things it touches, and a good call of it.

The table is compared with the application's routes: a route that is not in it fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from itertools import count

import requests
from pydantic import BaseModel

from fakes import calls
from fakes.calls import Call, Preparation
from fakes.documents import (
    OFD,
    announce,
    delivery_of,
    digest_of,
    good_checks,
    letter,
    new_key,
    send,
    sync,
    upload,
)
from fakes.exchange import UNITS, Caller
from fakes.registered_pc import RegisteredPc, new_code
from fakes.secrecy import encrypted_letter
from fakes.verifying_seal import certified, signed, statement_about
from fakes.world import ADMINISTERED, ALL_UNITS, PARTIES, PLATFORM, RECEIVER, SENDER, World
from gongwen_protocol.access import (
    AccountName,
    DeviceCodeRequest,
    Enabling,
    NewAccountRequest,
    Revocation,
    RoleChange,
    SubstitutionRequest,
)
from gongwen_protocol.actions import RemindRequest
from gongwen_protocol.canonical import canonical_digest
from gongwen_protocol.contacts import ContactsChange, ContactsConfirmation, UnitContact
from gongwen_protocol.copy_marks import CopyMark, mark_text
from gongwen_protocol.faults import FaultAnswer, FaultKind, FaultReport
from gongwen_protocol.messages import (
    PrintTicket,
    ReturnReason,
    ReturnRequest,
    Role,
    TicketGrant,
    UploadRequest,
)
from gongwen_protocol.oa import OaConfirmation, OaScope
from gongwen_protocol.permissions import Action
from gongwen_protocol.profile import ReminderLevel
from gongwen_protocol.statistics import Leave

_numbers = count()


class Opening(Enum):
    """What opens a door besides a role."""

    ANYONE = auto()
    SESSION = auto()  # any, also one whose first password was not changed yet
    OFFICE = auto()  # any office system of the unit
    TOKEN = auto()  # the token of the metrics


@dataclass(frozen=True)
class Asking:
    """A request, ready to be made by whoever."""

    path: str
    message: BaseModel | None = None
    data: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def by(self, caller: Caller, method: str) -> requests.Response:
        """Make it, under a key of its own."""
        body = self.data if self.message is None else self.message.model_dump_json()
        headers = {"Idempotency-Key": new_key(), "Content-Type": "application/json", **self.headers}
        return caller.call(method, self.path, data=body, headers=headers)


@dataclass(frozen=True)
class Door:
    """A route. ``ask`` makes a good call about a fresh thing of ``owners``; all other units are answered
    ``hidden``, as if the thing were not there."""

    opens: Opening | Action | OaScope
    ask: Callable[[World], Asking] | None = None
    owners: frozenset[str] = ALL_UNITS
    hidden: tuple[str, ...] = ()


def plain(path: str) -> Callable[[World], Asking]:
    """A call that is about nobody's things."""
    return lambda _: Asking(path)


def prepared(prepare: Preparation, prefix: str = "/v1") -> Callable[[World], Asking]:
    """One of the mutating calls between 001 and 002."""

    def ask(world: World) -> Asking:
        call: Call = prepare(world.clerks[SENDER], world.clerks[RECEIVER])
        return Asking(call.path.replace("/v1", prefix, 1), call.message)

    return ask


def about_document(template: str) -> Callable[[World], Asking]:
    """A question about a document from 001 to 002."""

    def ask(world: World) -> Asking:
        document = send(world.clerks[SENDER], (RECEIVER, 1), data=OFD + new_key().encode())
        return Asking(template.format(document=document.document_id, body=document.body.digest))

    return ask


def of_envelope(prefix: str) -> Callable[[World], Asking]:
    def ask(world: World) -> Asking:
        request = encrypted_letter(world.clerks[SENDER], world.cabinet, (RECEIVER, 1))
        assert world.clerks[SENDER].post("/v1/documents", request, key=new_key()).status_code == 201
        return Asking(f"{prefix}/documents/{request.document_id}/envelope")

    return ask


def of_proof(world: World) -> Asking:
    document = send(world.clerks[SENDER], (RECEIVER, 1))
    path = f"/v1/documents/{document.document_id}/receipts"
    sequence = world.clerks[SENDER].get(path).json()["receipts"][-1]["receipt"]["sequence"]
    answer = sync(world.clerks[SENDER])
    assert answer.checkpoint is not None
    return Asking(f"/v1/receipts/{sequence}/proof?size={answer.checkpoint.checkpoint.size}")


def of_statement(world: World) -> Asking:
    sender, receiver = world.clerks[SENDER], world.clerks[RECEIVER]
    call = calls.reserving(sender, receiver)
    grant = TicketGrant.model_validate_json(receiver.post(call.path, call.message, key=new_key()).content)
    ticket: PrintTicket = grant.tickets[0]
    assert receiver.post(f"/v1/tickets/{ticket.ticket_id}/spool", key=new_key()).ok
    document = next(
        one
        for one in reversed(every_document(receiver))
        if delivery_of(one, receiver).delivery_id == ticket.delivery_id
    )
    statement = statement_about(document, (ticket,))
    settle = signed(statement, certified(UNITS[RECEIVER]))
    answer = receiver.post(f"/v1/tickets/{ticket.ticket_id}/settle", settle, key=new_key())
    assert answer.ok, answer.text
    return Asking(f"/v1/print-statements/{canonical_digest(statement)}")


def of_mark(world: World) -> Asking:
    """The mark on a copy of the receiver's; whoever holds the paper may ask."""
    sender, receiver = world.clerks[SENDER], world.clerks[RECEIVER]
    call = calls.reserving(sender, receiver)
    grant = TicketGrant.model_validate_json(receiver.post(call.path, call.message, key=new_key()).content)
    ticket: PrintTicket = grant.tickets[0]
    exchange = world.exchange.exchange
    mark = CopyMark(
        ticket.ticket_id, "a" * 64, ticket.copy_number, ticket.attempt, RECEIVER, exchange.clock.now()
    )
    return Asking(f"/v1/copy-marks/{mark_text(mark, exchange.signer)}")


def every_document(caller: Caller) -> list[calls.DocumentView]:
    """All documents that a unit hears of."""
    found, cursor, more = [], 0, True
    while more:
        answer = sync(caller, cursor)
        found += answer.documents
        cursor, more = answer.cursor, answer.more
    return found


def fresh_upload(prefix: str) -> Callable[[World], Asking]:
    def ask(_: World) -> Asking:
        content = OFD + new_key().encode()
        wish = UploadRequest(length=len(content), digest=digest_of(content))
        return Asking(f"{prefix}/uploads", wish)

    return ask


def of_upload(prefix: str, data: bytes | None = None) -> Callable[[World], Asking]:
    def ask(world: World) -> Asking:
        state = announce(world.clerks[SENDER], OFD + new_key().encode())
        return Asking(f"{prefix}/uploads/{state.upload_id}", data=data, headers={"Upload-Offset": "0"})

    return ask


def sent_by_an_office(world: World) -> Asking:
    return Asking("/oa/v1/documents", letter(upload(world.clerks[SENDER], OFD), (RECEIVER, 1)))


def confirmed(world: World) -> Asking:
    document = send(world.clerks[SENDER], (RECEIVER, 1))
    message = OaConfirmation(
        checks=good_checks(document.body.digest), stored=(document.body.digest,), reference="1"
    )
    delivery = delivery_of(document, world.clerks[RECEIVER]).delivery_id
    return Asking(f"/oa/v1/deliveries/{delivery}/confirm", message)


def returned_by_an_office(world: World) -> Asking:
    delivery = delivery_of(send(world.clerks[SENDER], (RECEIVER, 1)), world.clerks[RECEIVER])
    message = ReturnRequest(reason=ReturnReason.MISDIRECTED)
    return Asking(f"/oa/v1/deliveries/{delivery.delivery_id}/return", message)


def urged_by_an_office(world: World) -> Asking:
    document = send(world.clerks[SENDER], (RECEIVER, 1))
    path = f"/oa/v1/documents/{document.document_id}/urge"
    return Asking(path, RemindRequest(level=ReminderLevel.NOTIFY))


def _person(world: World) -> str:
    return world.account(ADMINISTERED, frozenset({Role.RECEIVE}))


def new_account(world: World) -> Asking:
    name = f"new{next(_numbers)}"
    wish = NewAccountRequest(unit_code=ADMINISTERED, account=name, post="收发员", roles=(Role.SEND,))
    return Asking("/v1/accounts", wish)


def of_contacts(world: World) -> Asking:
    del world
    entry = UnitContact(post="收发员", phone=f"0477-{next(_numbers):07}")
    change = ContactsChange(unit_code=ADMINISTERED, contacts=(entry,), reason="电话变更")
    return Asking("/v1/contacts", change)


def of_confirmation(world: World) -> Asking:
    of_contacts(world).by(world.platform, "POST")
    return Asking("/v1/contacts/confirm", ContactsConfirmation(unit_code=ADMINISTERED))


def of_leave(world: World) -> Asking:
    first = world.clock.now().date() + timedelta(days=1)
    return Asking("/v1/leaves", Leave(unit_code=ADMINISTERED, first=first, last=first, reason="搬迁"))


def named_account(path: str) -> Callable[[World], Asking]:
    return lambda world: Asking(path, AccountName(unit_code=ADMINISTERED, account=_person(world)))


def new_roles(world: World) -> Asking:
    who = _person(world)
    wish = RoleChange(unit_code=ADMINISTERED, account=who, roles=(Role.SEND,), reason="岗位调整")
    return Asking("/v1/accounts/roles", wish)


def closing(world: World) -> Asking:
    wish = Enabling(unit_code=ADMINISTERED, account=_person(world), enabled=False, reason="调离")
    return Asking("/v1/accounts/enabled", wish)


def substitution(world: World) -> Asking:
    now = world.clock.now()
    wish = SubstitutionRequest(
        unit_code=ADMINISTERED,
        account=_person(world),
        substitute=_person(world),
        since=now,
        until=now + timedelta(days=1),
        consent="办公室主任 批〔2026〕3号",
    )
    return Asking("/v1/substitutions", wish)


def substitution_end(world: World) -> Asking:
    answer = substitution(world).by(world.by_role[ADMINISTERED, Role.ADMIN], "POST")
    return Asking(f"/v1/substitutions/{answer.json()['substitution_id']}/end")


def device_code(world: World) -> Asking:
    return Asking("/v1/device-codes", DeviceCodeRequest(unit_code=ADMINISTERED))


def revocation(world: World) -> Asking:
    machine = RegisteredPc(world.exchange.url, world.clock)
    assert machine.register(new_code(world.exchange, ADMINISTERED).code).status_code == 201
    machine.close()
    return Asking(f"/v1/devices/{machine.device_id}/revoke", Revocation(reason="遗失"))


def _report() -> FaultReport:
    return FaultReport(
        ticket_id=new_key(), kind=FaultKind.RECEIVE, said="收不到文", happened_at=datetime.now(UTC)
    )


def fault_answer(world: World) -> Asking:
    report = _report()
    assert world.clerks[SENDER].post("/v1/faults", report, key=new_key()).status_code == 201
    return Asking(f"/v1/faults/{report.ticket_id}/answer", FaultAnswer(answer="已修复", closed=True))


OF_SENDER, OF_RECEIVER = frozenset({SENDER}), frozenset({RECEIVER})
OF_UNIT = frozenset({ADMINISTERED, PLATFORM})


def _document(prepare: Preparation) -> Door:
    return Door(Action.FOLLOW_UP, prepared(prepare), OF_SENDER, ("document.unknown",))


def _asked(prepare: Preparation, owner: frozenset[str], action: Action) -> Door:
    return Door(action, prepared(prepare), owner, ("request.unknown",))


def _delivery(prepare: Preparation, action: Action = Action.RECEIVE) -> Door:
    return Door(action, prepared(prepare), OF_RECEIVER, ("delivery.unknown",))


def _ticket(prepare: Preparation) -> Door:
    return Door(Action.PRINT, prepared(prepare), OF_RECEIVER, ("print.ticket_unknown",))


def _of_account(ask: Callable[[World], Asking]) -> Door:
    return Door(Action.ADMINISTER, ask, OF_UNIT, ("session.other_unit",))


def _party(ask: Callable[[World], Asking], *hidden: str) -> Door:
    return Door(Action.READ, ask, PARTIES, hidden)


_PERIOD = "from=2026-11-01&to=2026-11-30"
_RECEIPTS = "/documents/{document}/receipts"

DOORS: Mapping[str, Door] = {
    # -- who is there ----------------------------------------------------------------------------------
    "GET /v1/server": Door(Opening.ANYONE),
    "GET /v1/health": Door(Opening.ANYONE),
    "GET /v1/ready": Door(Opening.ANYONE),
    "GET /openapi.json": Door(Opening.ANYONE),
    "GET /metrics": Door(Opening.TOKEN),
    "POST /v1/session": Door(Opening.ANYONE),
    "POST /v1/challenges": Door(Opening.ANYONE),
    "POST /v1/devices": Door(Opening.ANYONE),
    "GET /v1/notices": Door(Opening.ANYONE),
    "POST /v1/session/password": Door(Opening.SESSION),
    "GET /v1/session": Door(Opening.SESSION),
    "DELETE /v1/session": Door(Opening.SESSION),
    "DELETE /v1/sessions": Door(Opening.SESSION),
    # -- what all may know -------------------------------------------------------------------------------
    "GET /v1/directory": Door(Action.LOOK_UP, plain("/v1/directory")),
    "GET /v1/encryption": Door(Action.LOOK_UP, plain("/v1/encryption")),
    "GET /v1/readiness": Door(Action.LOOK_UP, plain("/v1/readiness")),
    "GET /v1/profile": Door(Action.LOOK_UP, plain("/v1/profile")),
    "GET /v1/calendar": Door(Action.LOOK_UP, plain("/v1/calendar")),
    "GET /v1/restorations": Door(Action.LOOK_UP, plain("/v1/restorations")),
    "GET /v1/stand-ins": Door(Action.LOOK_UP, plain("/v1/stand-ins")),
    "GET /v1/profiles/{profile_id}/{version}": Door(
        Action.LOOK_UP,
        lambda world: Asking("/v1/profiles/{}/{}".format(*world.exchange.exchange.profile.key)),
    ),
    "GET /v1/copy-marks/{mark}": Door(Action.LOOK_UP, of_mark),
    # -- reading -------------------------------------------------------------------------------------------
    "GET /v1/sync": Door(Action.READ, plain("/v1/sync?cursor=0")),
    "GET /v1/changes": Door(Action.READ, plain("/v1/changes?wait=0")),
    "GET /v1/log/growth": Door(Action.READ, plain("/v1/log/growth?old=1&new=2")),
    "GET /v1/receipts/{sequence}/proof": _party(of_proof, "receipt.unknown"),
    "GET /v1/documents/{document_id}/receipts": _party(about_document(f"/v1{_RECEIPTS}"), "document.unknown"),
    "GET /v1/documents/{document_id}/envelope": _party(of_envelope("/v1"), "document.unknown"),
    "GET /v1/print-statements/{digest}": _party(of_statement, "print.statement_unknown"),
    "GET /v1/requests/{request_id}/picture": _party(
        lambda world: Asking(calls.picturing(world.clerks[SENDER], world.clerks[RECEIVER])), "request.unknown"
    ),
    "GET /v1/blobs/{digest}": _party(about_document("/v1/blobs/{body}"), "blob.unknown"),
    "HEAD /v1/blobs/{digest}": _party(about_document("/v1/blobs/{body}"), "blob.unknown"),
    "GET /v1/time-stamps/{imprint}": Door(Action.SEAL, plain("/v1/time-stamps/" + "a" * 64)),
    # -- sending -------------------------------------------------------------------------------------------
    "POST /v1/uploads": Door(Action.SEND, fresh_upload("/v1")),
    "HEAD /v1/uploads/{upload_id}": Door(Action.SEND, of_upload("/v1"), OF_SENDER, ("upload.gone",)),
    "PATCH /v1/uploads/{upload_id}": Door(Action.SEND, of_upload("/v1", b"PK"), OF_SENDER, ("upload.gone",)),
    "POST /v1/documents": Door(Action.SEND, prepared(calls.sending), OF_SENDER, ("send.file_missing",)),
    "POST /v1/documents/{document_id}/recall": _document(calls.recalling),
    "POST /v1/documents/{document_id}/remind": _document(calls.reminding),
    "POST /v1/documents/{document_id}/resend": _document(calls.resending),
    "POST /v1/documents/{document_id}/supplement": _document(calls.supplementing),
    "POST /v1/documents/{document_id}/paper": _document(calls.going_on_paper),
    "POST /v1/requests/{request_id}/grant": _asked(calls.granting, OF_SENDER, Action.FOLLOW_UP),
    "POST /v1/requests/{request_id}/refuse": _asked(calls.refusing, OF_SENDER, Action.FOLLOW_UP),
    # -- receiving -----------------------------------------------------------------------------------------
    "POST /v1/requests/{request_id}/withdraw": _asked(calls.withdrawing, OF_RECEIVER, Action.RECEIVE),
    "POST /v1/deliveries/{delivery_id}/view": _delivery(calls.viewing),
    "POST /v1/deliveries/{delivery_id}/accept": _delivery(calls.accepting),
    "POST /v1/deliveries/{delivery_id}/return": _delivery(calls.returning),
    "POST /v1/deliveries/{delivery_id}/requests": _delivery(calls.asking),
    "POST /v1/deliveries/{delivery_id}/reply": _delivery(calls.replying),
    "POST /v1/deliveries/{delivery_id}/arrivals": _delivery(calls.ticking),
    "POST /v1/attended-checks": Door(Action.RECEIVE, prepared(calls.attending)),
    "POST /v1/deliveries/{delivery_id}/copies": _delivery(calls.copying, Action.PRINT),
    "POST /v1/deliveries/{delivery_id}/tickets": _delivery(calls.reserving, Action.PRINT),
    "POST /v1/tickets/{ticket_id}/spool": _ticket(calls.spooling),
    "POST /v1/tickets/{ticket_id}/settle": _ticket(calls.settling),
    "POST /v1/tickets/{ticket_id}/void": _ticket(calls.voiding),
    # -- inspecting and administering ----------------------------------------------------------------------
    "GET /v1/board": Door(Action.INSPECT, plain("/v1/board")),
    "GET /v1/statistics": Door(Action.LOOK_UP, plain(f"/v1/statistics?{_PERIOD}")),
    "GET /v1/statistics/duty": Door(Action.LOOK_UP, plain(f"/v1/statistics/duty?{_PERIOD}")),
    "GET /v1/leaves": Door(Action.LOOK_UP, plain("/v1/leaves")),
    "POST /v1/leaves": _of_account(of_leave),
    "POST /v1/contacts": _of_account(of_contacts),
    "POST /v1/contacts/confirm": _of_account(of_confirmation),
    "GET /v1/contacts/history": _of_account(lambda _: Asking(f"/v1/contacts/history?unit={ADMINISTERED}")),
    "GET /v1/accounts": Door(Action.ADMINISTER, plain("/v1/accounts")),
    "POST /v1/accounts": _of_account(new_account),
    "POST /v1/accounts/reset": Door(
        Action.ADMINISTER,
        named_account("/v1/accounts/reset"),
        frozenset({PLATFORM}),  # the region leaves it to the platform (Ordos art. 6)
        ("session.other_unit", "account.reset_elsewhere"),
    ),
    "POST /v1/accounts/roles": _of_account(new_roles),
    "POST /v1/accounts/enabled": _of_account(closing),
    "POST /v1/accounts/unlock": _of_account(named_account("/v1/accounts/unlock")),
    "POST /v1/substitutions": _of_account(substitution),
    "POST /v1/substitutions/{substitution_id}/end": Door(
        Action.ADMINISTER, substitution_end, OF_UNIT, ("substitution.unknown",)
    ),
    "POST /v1/device-codes": _of_account(device_code),
    "GET /v1/devices": Door(Action.ADMINISTER, plain("/v1/devices")),
    "POST /v1/devices/{device_id}/revoke": Door(Action.ADMINISTER, revocation, OF_UNIT, ("device.unknown",)),
    # -- faults ------------------------------------------------------------------------------------------
    "POST /v1/faults": Door(Action.LOOK_UP, lambda _: Asking("/v1/faults", _report())),
    "GET /v1/faults": Door(Action.LOOK_UP, plain("/v1/faults")),
    "GET /v1/faults/all": Door(Action.ADMINISTER, plain("/v1/faults/all")),
    "POST /v1/faults/{ticket_id}/answer": Door(
        Action.ADMINISTER, fault_answer, frozenset({PLATFORM}), ("fault.unknown",)
    ),
    # -- office systems ------------------------------------------------------------------------------------
    "GET /oa/v1/inbox": Door(OaScope.RECEIVE, plain("/oa/v1/inbox")),
    "GET /oa/v1/documents/{document_id}": Door(
        Opening.OFFICE, about_document("/oa/v1/documents/{document}"), PARTIES, ("document.unknown",)
    ),
    "GET /oa/v1/documents/{document_id}/receipts": Door(
        Opening.OFFICE, about_document(f"/oa/v1{_RECEIPTS}"), PARTIES, ("document.unknown",)
    ),
    "GET /oa/v1/directory": Door(Opening.OFFICE, plain("/oa/v1/directory")),
    "GET /oa/v1/profile": Door(Opening.OFFICE, plain("/oa/v1/profile")),
    "GET /oa/v1/log": Door(Opening.OFFICE, plain("/oa/v1/log")),
    "GET /oa/v1/log/growth": Door(Opening.OFFICE, plain("/oa/v1/log/growth?old=1&new=2")),
    "GET /oa/v1/restorations": Door(Opening.OFFICE, plain("/oa/v1/restorations")),
    "GET /oa/v1/encryption": Door(Opening.OFFICE, plain("/oa/v1/encryption")),
    "GET /oa/v1/documents/{document_id}/envelope": Door(
        Opening.OFFICE,
        of_envelope("/oa/v1"),
        PARTIES,
        ("document.unknown",),
    ),
    "GET /oa/v1/files/{digest}": Door(
        Opening.OFFICE, about_document("/oa/v1/files/{body}"), PARTIES, ("blob.unknown",)
    ),
    "POST /oa/v1/deliveries/{delivery_id}/confirm": Door(
        OaScope.RECEIVE, confirmed, OF_RECEIVER, ("delivery.unknown",)
    ),
    "POST /oa/v1/deliveries/{delivery_id}/return": Door(
        OaScope.RECEIVE, returned_by_an_office, OF_RECEIVER, ("delivery.unknown",)
    ),
    "POST /oa/v1/uploads": Door(OaScope.SEND, fresh_upload("/oa/v1")),
    "PATCH /oa/v1/uploads/{upload_id}": Door(
        OaScope.SEND, of_upload("/oa/v1", b"PK"), OF_SENDER, ("upload.gone",)
    ),
    "POST /oa/v1/documents": Door(OaScope.SEND, sent_by_an_office, OF_SENDER, ("send.file_missing",)),
    "POST /oa/v1/documents/{document_id}/urge": Door(
        OaScope.SEND, urged_by_an_office, OF_SENDER, ("document.unknown",)
    ),
}
