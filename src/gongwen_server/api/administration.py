"""What administrators and inspectors do: accounts, roles, substitutions, devices, boards.

A unit's administrator does it for the unit, the platform's for all; another unit's things are refused,
whoever asks.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from gongwen_protocol.access import (
    AccountList,
    AccountName,
    AccountView,
    Board,
    DeviceCode,
    DeviceCodeRequest,
    DeviceList,
    DeviceView,
    Enabling,
    InitialPassword,
    NewAccountRequest,
    Revocation,
    RoleChange,
    StandIns,
    Substitution,
    SubstitutionRequest,
)
from gongwen_server.api.access import Administrator, ExchangeOf, Identifier, Inspector, Member
from gongwen_server.services import account_admin, boards, devices

router = APIRouter(prefix="/v1")


@router.get("/accounts")
def accounts(exchange: ExchangeOf, caller: Administrator) -> AccountList:
    """Accounts of the unit (of all, for the platform's administrator) and who stands in for whom."""
    return account_admin.listed(exchange, caller.scope)


@router.post("/accounts", status_code=201)
def open_account(exchange: ExchangeOf, caller: Administrator, request: NewAccountRequest) -> InitialPassword:
    """Open an account; its initial password is answered once (Jiangmen art. 14)."""
    return account_admin.add(exchange, caller, request)


@router.post("/accounts/reset")
def reset_account(exchange: ExchangeOf, caller: Administrator, request: AccountName) -> InitialPassword:
    """A one-time password for a forgotten one (Jiangmen art. 16)."""
    return account_admin.reset(exchange, caller, request)


@router.post("/accounts/roles")
def change_roles(exchange: ExchangeOf, caller: Administrator, request: RoleChange) -> AccountView:
    """Roles from now on."""
    return account_admin.change_roles(exchange, caller, request)


@router.post("/accounts/enabled")
def enable_account(exchange: ExchangeOf, caller: Administrator, request: Enabling) -> AccountView:
    """Open or close an account."""
    return account_admin.enable(exchange, caller, request)


@router.post("/accounts/unlock", status_code=204)
def unlock_account(exchange: ExchangeOf, caller: Administrator, request: AccountName) -> None:
    """Lift the block after too many failures."""
    account_admin.unlock(exchange, caller, request)


@router.post("/substitutions", status_code=201)
def substitute(exchange: ExchangeOf, caller: Administrator, request: SubstitutionRequest) -> Substitution:
    """Somebody stands in, from and until a date (Jiangmen art. 17)."""
    return account_admin.substitute(exchange, caller, request)


@router.get("/stand-ins")
def stand_ins(exchange: ExchangeOf, caller: Member) -> StandIns:
    """Who stands in for whom in the own unit, by post."""
    return account_admin.stand_ins(exchange, caller)


@router.post("/substitutions/{substitution_id}/end")
def end_substitution(
    exchange: ExchangeOf, caller: Administrator, substitution_id: Identifier
) -> Substitution:
    """The holder is back."""
    return account_admin.end_substitution(exchange, caller, substitution_id)


@router.post("/device-codes", status_code=201)
def device_code(exchange: ExchangeOf, caller: Administrator, request: DeviceCodeRequest) -> DeviceCode:
    """A one-time code that registers one PC, new or in place of another."""
    account_admin.require_scope(caller, request.unit_code)
    return devices.give_code(exchange, request, caller.name)


@router.get("/devices")
def list_devices(exchange: ExchangeOf, caller: Administrator) -> DeviceList:
    """PCs of the unit, or of all."""
    return devices.listed(exchange, caller.scope)


@router.post("/devices/{device_id}/revoke")
def revoke_device(
    exchange: ExchangeOf, caller: Administrator, device_id: Identifier, request: Revocation
) -> DeviceView:
    """A PC is lost: it is out at once."""
    return devices.revoke(exchange, device_id, caller.scope, request.reason, caller.name)


@router.get("/board")
def board(exchange: ExchangeOf, caller: Inspector, days: Annotated[int, Query(ge=1, le=3660)] = 30) -> Board:
    """Figures without contents (督查)."""
    return boards.board(exchange, caller.scope, days)
