"""代班 (AB角): who stands in for whom in this unit, by post."""

from __future__ import annotations

from datetime import datetime

from gongwen_client.exchange.api import in_foreground
from gongwen_client.services.desk import Desk
from gongwen_protocol.access import (
    AccountList,
    AccountView,
    StandIn,
    StandIns,
    Substitution,
    SubstitutionRequest,
)
from gongwen_protocol.permissions import Action


class DeputyService:
    """Everybody of the unit sees it; its administrator changes it (Jiangmen art. 17)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._last: tuple[StandIn, ...] = ()

    def list(self) -> tuple[StandIn, ...]:
        """Slow. Those that run now or will. Raises KnownError: network.*, session.none."""
        self._desk.grant()
        answer = in_foreground(lambda: self._desk.api.get("/v1/stand-ins", StandIns))
        self._last = answer.stand_ins
        return self._last

    @property
    def last_known(self) -> tuple[StandIn, ...]:
        """What ``list`` last answered."""
        return self._last

    @property
    def may_change(self) -> bool:
        """Whether who works here administers the unit."""
        return self._desk.may(Action.ADMINISTER)

    def accounts(self) -> tuple[AccountView, ...]:
        """Slow. The unit's open accounts, for its administrator. Raises RefusedError: session.role_missing;
        KnownError: network.*."""
        self._desk.require(Action.ADMINISTER)
        unit = self._desk.grant().unit_code
        listed = in_foreground(lambda: self._desk.api.get("/v1/accounts", AccountList))
        return tuple(one for one in listed.accounts if one.unit_code == unit and one.enabled)

    def announce(
        self, account: str, substitute: str, since: datetime, until: datetime, consent: str
    ) -> Substitution:
        """Slow. Let ``substitute`` stand in for ``account``. ``consent``: whose, by post, and its paper.
        Raises RefusedError: session.role_missing, substitution.*, account.unknown."""
        self._desk.require(Action.ADMINISTER)
        request = SubstitutionRequest(
            unit_code=self._desk.grant().unit_code,
            account=account,
            substitute=substitute,
            since=since,
            until=until,
            consent=consent,
        )
        # No repeat: two of them would stand side by side.
        return self._desk.api.post("/v1/substitutions", request, Substitution)

    def end(self, substitution_id: str) -> Substitution:
        """Slow. The holder is back. Raises RefusedError: session.role_missing, substitution.unknown."""
        self._desk.require(Action.ADMINISTER)
        path = f"/v1/substitutions/{substitution_id}/end"
        return in_foreground(lambda: self._desk.api.post(path, None, Substitution))
