"""The roles of accounts; what they allow stands in ``permissions``."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account may do (制作 盖章 发送 接收 打印 归档 管理 督查)."""

    COMPOSE = "compose"
    SEAL = "seal"
    SEND = "send"
    RECEIVE = "receive"
    PRINT = "print"
    ARCHIVE = "archive"
    ADMIN = "admin"
    INSPECT = "inspect"
