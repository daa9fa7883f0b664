"""What a client does to send and receive, step by step over plain HTTP."""

from __future__ import annotations

import uuid

from fakes.exchange import Caller
from gongwen_crypto import sm3
from gongwen_protocol.messages import (
    AcceptRequest,
    CheckResult,
    DeliveryView,
    DocumentView,
    Elements,
    FileReference,
    Finding,
    Recipient,
    RecipientRole,
    SendRequest,
    SyncAnswer,
    UploadRequest,
    UploadState,
)
from gongwen_protocol.profile import load_profile

OFD = b"PK\x03\x04" + b"a body that only claims to be an OFD package" * 20


def digest_of(data: bytes) -> str:
    """SM3 as messages state it."""
    return sm3.digest(data).hex()


def new_key() -> str:
    """A fresh idempotency key."""
    return uuid.uuid4().hex


def announce(caller: Caller, data: bytes) -> UploadState:
    """Announce an upload."""
    answer = caller.post("/v1/uploads", UploadRequest(length=len(data), digest=digest_of(data)))
    assert answer.status_code == 201, answer.text
    return UploadState.model_validate_json(answer.content)


def upload(caller: Caller, data: bytes, name: str = "正文.ofd") -> FileReference:
    """Upload a file in one piece."""
    state = announce(caller, data)
    if not state.complete:
        answer = caller.call(
            "PATCH",
            f"/v1/uploads/{state.upload_id}",
            data=data[state.offset :],
            headers={"Upload-Offset": str(state.offset)},
        )
        assert answer.status_code == 200, answer.text
        assert UploadState.model_validate_json(answer.content).complete
    return FileReference(name=name, digest=digest_of(data), size=len(data))


def letter(body: FileReference, *recipients: tuple[str, int], **more: object) -> SendRequest:
    """A circular to units with their print copies."""
    rules = load_profile(str(more.get("profile_id", "ordos-2018")))
    fields: dict[str, object] = {
        "document_id": uuid.uuid4().hex,
        "elements": Elements(title="关于做好防汛工作的通知", doc_number="东政办发〔2025〕12号"),
        "body": body,
        "recipients": tuple(
            Recipient(unit_code=code, role=RecipientRole.MAIN, copies=copies) for code, copies in recipients
        ),
        "profile_id": rules.profile_id,
        "profile_version": rules.version,
        **more,
    }
    return SendRequest.model_validate(fields)


def send(caller: Caller, *recipients: tuple[str, int], data: bytes = OFD) -> DocumentView:
    """Upload and send a circular."""
    answer = caller.post("/v1/documents", letter(upload(caller, data), *recipients), key=new_key())
    assert answer.status_code == 201, answer.text
    return DocumentView.model_validate_json(answer.content)


def sync(caller: Caller, cursor: int = 0) -> SyncAnswer:
    """One page of changes."""
    answer = caller.get(f"/v1/sync?cursor={cursor}")
    assert answer.status_code == 200, answer.text
    return SyncAnswer.model_validate_json(answer.content)


def good_checks(body_digest: str) -> CheckResult:
    """What a client found that found nothing wrong."""
    return CheckResult(
        body=Finding.OK,
        attachments=Finding.OK,
        seal=Finding.OK,
        layout=Finding.OK,
        body_digest=body_digest,
    )


def accept(caller: Caller, document: DocumentView, key: str | None = None) -> DeliveryView:
    """Accept the caller's delivery of a document."""
    delivery = delivery_of(document, caller)
    answer = caller.post(
        f"/v1/deliveries/{delivery.delivery_id}/accept",
        AcceptRequest(checks=good_checks(document.body.digest)),
        key=key or new_key(),
    )
    assert answer.status_code == 200, answer.text
    return DeliveryView.model_validate_json(answer.content)


def delivery_of(document: DocumentView, caller: Caller) -> DeliveryView:
    """The delivery to the caller's unit."""
    assert caller.grant is not None
    return next(item for item in document.deliveries if item.unit_code == caller.grant.unit_code)
