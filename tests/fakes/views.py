"""Documents as an exchange would describe them, for stores without an exchange."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gongwen_crypto import sm3
from gongwen_protocol.messages import DeliveryView, DocumentView, Elements, FileReference, RecipientRole
from gongwen_protocol.states import DeliveryState

US, OTHERS = "001", "002"
SENT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def document_view(
    number: int,
    *,
    sender: str = OTHERS,
    to: str = US,
    title: str = "关于召开年度工作会议的通知",
    state: DeliveryState = DeliveryState.DELIVERED,
    sender_name: str = "康巴什区人民政府办公室",
) -> DocumentView:
    """Document ``number``, sent that many minutes after ``SENT``, with one delivery."""
    at = SENT + timedelta(minutes=number)
    document_id = f"{number:032x}"
    return DocumentView(
        document_id=document_id,
        sender_code=sender,
        sender_name=sender_name,
        sent_at=at,
        elements=Elements(title=title, doc_number=f"康政办发〔2026〕{number}号"),
        body=FileReference(
            name="正文.ofd", digest=sm3.digest(str(number).encode()).hex(), size=1000 + number
        ),
        attachments=(),
        seals=(),
        profile_id="ordos-2018",
        deliveries=(
            DeliveryView(
                delivery_id=f"d{number}",
                document_id=document_id,
                unit_code=to,
                unit_name=f"单位{to}",
                role=RecipientRole.MAIN,
                copies=3,
                printed=0,
                state=state,
                delivered_at=at,
                revision=1,
                received_at=at if state is DeliveryState.RECEIVED else None,
                returned_at=at if state is DeliveryState.RETURNED else None,
            ),
        ),
    )


def with_state(view: DocumentView, state: DeliveryState) -> DocumentView:
    """The same document later."""
    delivery = view.deliveries[0].model_copy(
        update={"state": state, "received_at": view.sent_at, "revision": 2}
    )
    return view.model_copy(update={"deliveries": (delivery,)})
