"""Asking the exchange for a time stamp over a seal's signature, where the region's rules want one.

A seal is good without: who seals offline, or at an exchange that stamps no time, gets a document without a
token, and the ledger of seal uses says why.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gongwen_client.exchange.api import in_foreground
from gongwen_client.services.desk import Desk
from gongwen_crypto import sm3
from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_crypto.timestamp import Token
from gongwen_protocol.messages import TimeStamp


@dataclass(frozen=True)
class Stamped:
    """What came of asking: a token (DER) and its time, or the code of why there is none; neither where the
    rules want none."""

    token: bytes | None = None
    at: datetime | None = None
    problem: str = ""

    @property
    def told(self) -> str:
        """For the ledger: the time, the problem's code, or nothing."""
        return self.at.isoformat() if self.at else self.problem


AskTime = Callable[[bytes], Stamped]


def no_time(_signature: bytes) -> Stamped:
    """Nobody is asked."""
    return Stamped()


class TimeStamping:
    """Slow: asks the exchange, once the key has signed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ask(self, signature: bytes) -> Stamped:
        """A token over a signature value as the document will store it. Never raises: a document that the
        key has signed is not thrown away for want of a token."""
        rule = self._desk.profile().time_stamps
        if rule is None or not rule.value:
            return Stamped()
        imprint = sm3.digest(signature).hex()
        try:
            answer = in_foreground(lambda: self._desk.api.get(f"/v1/time-stamps/{imprint}", TimeStamp))
            token = base64.b64decode(answer.token, validate=True)
            read = Token.load(token)
            if not read.stamps(signature) or not read.holds(read.authority()):
                raise KnownError("seal.timestamp.tampered")
        except (GongwenError, binascii.Error) as error:
            return Stamped(problem=error.code if isinstance(error, GongwenError) else "crypto.bad_time_stamp")
        return Stamped(token, read.time)
