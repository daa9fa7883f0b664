"""Fault reports (Ordos art. 12, Jiangmen art. 38): units hand them in, administrators answer."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gongwen_protocol.faults import FaultAnswer, FaultList, FaultReport, FaultView
from gongwen_server.api.access import Administrator, ExchangeOf, Identifier, Member, Once, performed
from gongwen_server.services import faults

router = APIRouter(prefix="/v1")


@router.post("/faults", status_code=201, response_model=FaultView)
def hand_in(exchange: ExchangeOf, caller: Member, once: Once, report: FaultReport) -> Response:
    """Report a fault; its clock starts with the answer to this call."""
    return performed(
        exchange, caller, once.command(report), lambda ledger: faults.hand_in(ledger, caller, report), 201
    )


@router.get("/faults")
def own_faults(exchange: ExchangeOf, caller: Member) -> FaultList:
    """The unit's reports with their answers."""
    return faults.of_unit(exchange, caller.unit_code)


@router.get("/faults/all")
def faults_to_answer(exchange: ExchangeOf, caller: Administrator, unanswered: bool = False) -> FaultList:
    """The reports that the caller answers: all for the platform's administrators, a county's for its own."""
    return faults.to_answer(exchange, caller.scope, open_only=unanswered)


@router.post("/faults/{ticket_id}/answer", response_model=FaultView)
def answer(
    exchange: ExchangeOf, caller: Administrator, once: Once, ticket_id: Identifier, said: FaultAnswer
) -> Response:
    """Answer a report; with ``closed`` its cause is mended."""
    return performed(
        exchange,
        caller,
        once.command(said),
        lambda ledger: faults.answer(ledger, caller.name, caller.scope, ticket_id, said),
    )
