"""Who may do what: one table, enforced by the exchange for each call and known to the client before it
offers.

Roles are those of Jiangmen art. 14 and 29 (制作 盖章 发送 接收 打印 归档 管理) and 督查. An inspector sees
boards and figures, never contents; an administrator opens accounts and devices and reads no document either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.roles import Role

ROLE_NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.COMPOSE: "制作",
        Role.SEAL: "盖章",
        Role.SEND: "发送",
        Role.RECEIVE: "接收",
        Role.PRINT: "打印",
        Role.ARCHIVE: "归档",
        Role.ADMIN: "管理",
        Role.INSPECT: "督查",
    }
)


class Action(StrEnum):
    """What a person does with the product. Values are stable: they name rows of the table."""

    LOOK_UP = "look_up"  # directory, rules, working days, readiness of units
    READ = "read"  # documents, files, receipts and tickets of the own unit
    COMPOSE = "compose"  # drafts (制作)
    SEAL = "seal"  # 盖章
    SEND = "send"  # upload and send (发送)
    FOLLOW_UP = "follow_up"  # recall, remind, resend, supplement, answer requests
    RECEIVE = "receive"  # view, accept, return, ask, reply (接收)
    PRINT = "print"  # numbered originals and working copies (打印)
    ARCHIVE = "archive"  # registers and bundles (归档)
    INSPECT = "inspect"  # boards and statistics without contents (督查)
    ADMINISTER = "administer"  # accounts, roles, devices of the own unit (管理)


_AT_WORK = frozenset({Role.COMPOSE, Role.SEAL, Role.SEND, Role.RECEIVE, Role.PRINT, Role.ARCHIVE})

TABLE: Mapping[Action, frozenset[Role]] = MappingProxyType(
    {
        Action.LOOK_UP: frozenset(Role),
        Action.READ: _AT_WORK,
        Action.COMPOSE: frozenset({Role.COMPOSE}),
        Action.SEAL: frozenset({Role.SEAL}),
        Action.SEND: frozenset({Role.SEND}),
        Action.FOLLOW_UP: frozenset({Role.SEND}),
        Action.RECEIVE: frozenset({Role.RECEIVE}),
        Action.PRINT: frozenset({Role.PRINT}),
        Action.ARCHIVE: frozenset({Role.ARCHIVE}),
        Action.INSPECT: frozenset({Role.INSPECT, Role.ADMIN}),
        Action.ADMINISTER: frozenset({Role.ADMIN}),
    }
)


def may(roles: Collection[Role], action: Action) -> bool:
    """Whether one of ``roles`` allows ``action``."""
    return not TABLE[action].isdisjoint(roles)


def require(roles: Collection[Role], action: Action) -> None:
    """Raise RefusedError("session.role_missing") naming the roles that would do."""
    if not may(roles, action):
        raise RefusedError("session.role_missing", role=named(TABLE[action]))


def named(roles: Iterable[Role]) -> str:
    """Roles in the order of the work, as a person reads them: 发送、接收."""
    wanted = frozenset(roles)
    return "、".join(name for role, name in ROLE_NAMES.items() if role in wanted)
